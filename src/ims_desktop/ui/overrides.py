"""What Qt calls in our classes: an error there is told where all errors are told, and never passes through Qt.

Between two Python methods of one call there is C++ that knows no exceptions: one that passes there ends the program
sooner or later. So every method that stands in for one of Qt's is guarded where its class is made.
"""

import functools
import sys
from collections.abc import Callable
from inspect import isfunction
from typing import Any

from shiboken6 import Shiboken

Method = Callable[..., Any]
OF_QT = ("PySide6.", "shiboken6.", "Shiboken")


def cover_overrides() -> None:
    """From now on, whatever class of Qt is made more of gets its methods guarded."""

    def made(cls: Any, /, **named: Any) -> None:
        super(Shiboken.Object, cls).__init_subclass__(**named)
        for name, method in list(vars(cls).items()):
            if isfunction(method) and not name.startswith("__"):
                of_qt = qt_method(cls, name)
                if of_qt is not None:
                    setattr(cls, name, guarded(method, of_qt))

    Shiboken.Object.__init_subclass__ = classmethod(made)  # type: ignore[method-assign, assignment]


def qt_method(cls: type, name: str) -> Method | None:
    """The method of Qt that one of the same name in a class stands in for."""
    bases = (base for base in cls.__mro__ if base.__module__.startswith(OF_QT))
    return next((vars(base)[name] for base in bases if name in vars(base)), None)


def guarded(method: Method, of_qt: Method) -> Method:
    """A method whose errors are told; an event is over then, and a question is answered as Qt itself would."""
    is_event = method.__name__.endswith("Event")

    @functools.wraps(method)
    def called(*args: Any, **named: Any) -> Any:
        try:
            return method(*args, **named)
        except Exception as error:
            sys.excepthook(type(error), error, error.__traceback__)
        return None if is_event else _as_qt_does(of_qt, args)

    return called


def _as_qt_does(of_qt: Method, args: tuple[Any, ...]) -> Any:
    try:
        return of_qt(*args)
    except (NotImplementedError, TypeError):  # Qt asks everybody to say it themselves
        return None
