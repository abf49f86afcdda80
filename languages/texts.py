"""Finds every text of the program: in calls of tr() and say(), where a description takes `Words`, and in SQL."""

import ast
import importlib
import inspect
import pkgutil
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any, get_type_hints

import ims_desktop.app
import ims_desktop.database
import ims_desktop.domain
import ims_desktop.ui
from ims_desktop.ui.empty_state import EmptyState
from ims_desktop.ui.language import is_words
from ims_desktop.ui.messages import Messages
from ims_desktop.ui.news import NewsBook

ROOT = Path(__file__).parent.parent
SOURCE = ROOT / "src" / "ims_desktop"
ROOMS = ("domain", "database", "features", "ui", "app")  # the command line speaks English alone
SERVER_TEXT = re.compile(r"'((?:[^']|'')*)'")
SENTENCE = re.compile(r"[A-Z%].*\s.*[.?]", re.DOTALL)
HOLES = re.compile(r"%(?:\d+\$)?[sLI]?")
MANY, MEANT = "say_count", "meant"
KNOWN_AS = {"messages": Messages, "news": NewsBook, "empty": EmptyState}  # whose methods take words, under these names


@dataclass(frozen=True)
class Text:
    """A text, or its two forms for one and many, and where it stands."""

    id: str | tuple[str, str]
    place: str
    server: bool = False
    context: str = ""  # tells it from the same English text with another meaning


@dataclass(frozen=True)
class Fault:
    """A text that cannot be translated as it is written."""

    why: str
    place: str


def texts() -> Iterator[Text | Fault]:
    """Every text of the program, in the order of the files."""
    takers = _all_takers()
    for room in ROOMS:
        for path in sorted((SOURCE / room).rglob("*.py")):
            yield from _in_module(path, takers)
    for path in sorted((ROOT / "migrations").glob("*/objects/*/*.sql")):
        yield from _in_sql(path)


def _all_takers() -> dict[str, dict[int | str, None]]:
    """By name alone: two that share one take words wherever either of them does."""
    found: dict[str, dict[int | str, None]] = {}
    for name, places in _takers():
        found.setdefault(name, {}).update(places)
    return found


def _takers() -> Iterator[tuple[str, dict[int | str, None]]]:
    """Whatever takes `Words`, by its name: the places and names of those parameters."""
    for module in _modules():
        for name, value in vars(module).items():
            if not callable(value) or not getattr(value, "__module__", "").startswith("ims_desktop"):
                continue
            places = _places(value)
            if places:
                yield name, places
    for known_as, kind in KNOWN_AS.items():
        for name, method in inspect.getmembers(kind, inspect.isfunction):
            places = _places(method)
            if places and not name.startswith("_"):
                yield f"{known_as}.{name}", {place - 1 if isinstance(place, int) else place: None for place in places}


def _modules() -> Iterator[ModuleType]:
    for room in (ims_desktop.domain, ims_desktop.ui, ims_desktop.database, ims_desktop.app):
        for found in pkgutil.walk_packages(room.__path__, f"{room.__name__}."):
            yield importlib.import_module(found.name)
    for found in pkgutil.walk_packages([str(SOURCE / "features")], "ims_desktop.features."):
        yield importlib.import_module(found.name)


def _places(taker: Any) -> dict[int | str, None]:
    maker = taker.__init__ if inspect.isclass(taker) else taker
    try:
        hints = get_type_hints(maker, include_extras=True)
        names = list(inspect.signature(taker).parameters)
    except (AttributeError, NameError, TypeError, ValueError):
        return {}
    found = [(place, name) for place, name in enumerate(names) if is_words(hints.get(name))]
    return dict.fromkeys(key for pair in found for key in pair)


def _in_module(path: Path, takers: dict[str, dict[int | str, None]]) -> Iterator[Text | Fault]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        where = f"{path.relative_to(ROOT).as_posix()}:{getattr(node, 'lineno', 0)}"
        if isinstance(node, ast.Call):
            yield from _in_call(node, where, takers)
        elif isinstance(node, ast.AnnAssign) and _says_words(node.annotation) and node.value is not None:
            yield from _given(node.value, where)
        elif isinstance(node, ast.FunctionDef) and node.returns is not None and _says_words(node.returns):
            for answer in _answers(node):
                yield from _given(answer, f"{path.relative_to(ROOT).as_posix()}:{answer.lineno}")


def _says_words(annotation: ast.expr) -> bool:
    return any(isinstance(part, ast.Name) and part.id == "Words" for part in ast.walk(annotation))


def _answers(function: ast.FunctionDef) -> Iterator[ast.expr]:
    """What a function gives back; functions inside of it say themselves whether they give words."""
    waiting: list[ast.AST] = list(function.body)
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Return) and node.value is not None:
            yield node.value
        if not isinstance(node, ast.FunctionDef | ast.Lambda):
            waiting += ast.iter_child_nodes(node)


def _in_call(call: ast.Call, where: str, takers: dict[str, dict[int | str, None]]) -> Iterator[Text | Fault]:
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    if name == MANY:
        one, many = (_written(part) for part in call.args[:2])
        yield Text((one, many), where) if one and many else Fault("say_count() takes two written texts", where)
    elif name == MEANT:
        text, context = (_written(part) for part in call.args[:2])
        yield Text(text, where, context=context) if text and context else Fault("meant() takes two texts", where)
    elif call.args and (name == "tr" if isinstance(call.func, ast.Attribute) else name in ("say", "_tr")):
        yield from _given(call.args[0], where, "its text must be written out there")
    places = takers.get(_owner(call.func) + name, {})
    for place, part in enumerate(call.args):
        if place in places:
            yield from _given(part, where)
    for keyword in call.keywords:
        if keyword.arg in places:
            yield from _given(keyword.value, where)


def _owner(taker: ast.expr) -> str:
    """Whose method is called, where methods take words: "messages." of `desk.messages.done`."""
    owner = taker.value if isinstance(taker, ast.Attribute) else None
    name = (owner.attr if isinstance(owner, ast.Attribute) else getattr(owner, "id", "")).strip("_")
    return f"{name}." if name in KNOWN_AS else ""


def _given(part: ast.expr, where: str, unknown: str = "") -> Iterator[Text | Fault]:
    """The texts that an expression may give; what it takes from elsewhere is found there."""
    written = _written(part)
    if written is not None:
        if re.search(r"[^\W\d_]", written):
            yield Text(written, where)
    elif isinstance(part, ast.JoinedStr):
        if any(re.search(r"[^\W\d_]{2}", str(piece.value)) for piece in part.values if isinstance(piece, ast.Constant)):
            yield Fault("values go into a text through say()", where)
    elif isinstance(part, ast.IfExp):
        yield from _given(part.body, where, unknown)
        yield from _given(part.orelse, where, unknown)
    elif isinstance(part, ast.Lambda):
        yield from _given(part.body, where)
    elif inner := _inside(part):
        for value in inner:
            yield from _given(value, where, unknown)
    elif isinstance(part, ast.BinOp):
        yield Fault("a text is not put together from pieces", where)
    elif unknown:
        yield Fault(unknown, where)


def _inside(part: ast.expr) -> list[ast.expr]:
    if isinstance(part, ast.BoolOp | ast.Dict):
        return part.values
    if isinstance(part, ast.ListComp | ast.GeneratorExp):
        return [part.elt]
    return part.elts if isinstance(part, ast.Tuple | ast.List) else []


def _written(part: ast.expr) -> str | None:
    return part.value if isinstance(part, ast.Constant) and isinstance(part.value, str) else None


def _in_sql(path: Path) -> Iterator[Text]:
    for line, words in enumerate(path.read_text("utf-8").splitlines(), 1):
        for found in SERVER_TEXT.findall(words.partition("--")[0]):
            text = found.replace("''", "'")
            if SENTENCE.fullmatch(text):
                yield Text(_named(text), f"{path.relative_to(ROOT).as_posix()}:{line}", server=True)


def _named(text: str) -> str:
    """A text of the server with its holes named: a, b, c …"""
    names = iter("abcdefghij")
    return HOLES.sub(lambda _: f"{{{next(names)}}}", text.replace("%%", "\0")).replace("\0", "%")
