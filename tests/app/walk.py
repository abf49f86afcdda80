"""A walk through everything a page can open: panels, forms and their problems, actions, popovers, menus and lists."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest
import shiboken6
from PySide6.QtWidgets import QApplication, QDialog, QFileDialog, QMenu, QWidget

from ims_desktop.ui.choices import Choices
from ims_desktop.ui.detail_panel import DetailPanel
from ims_desktop.ui.filter_fields import filter_fields
from ims_desktop.ui.form_panel import FormPanel
from ims_desktop.ui.language import said
from ims_desktop.ui.list_page import ListPage
from ims_desktop.ui.list_spec import Action, Needs
from ims_desktop.ui.messages import Message
from ims_desktop.ui.popovers import Popover
from tests.app.pseudo import shown_words
from tests.app.robot import Robot


class Walk:
    """Opens one thing after the other; `read` yields where it stands and what is written there."""

    def __init__(self, robot: Robot, monkeypatch: pytest.MonkeyPatch) -> None:
        self.robot, self.found = robot, dict[str, set[str]]()
        self._others = set(QApplication.topLevelWidgets())  # what an earlier test left behind is not looked at
        self._told: list[str] = []
        self._seen_kinds = set[object]()
        robot.session.messages.posted.connect(self._hear)
        monkeypatch.setattr(QDialog, "exec", self._dialog)
        for ask in ("getOpenFileName", "getSaveFileName"):
            monkeypatch.setattr(QFileDialog, ask, lambda *words: self._file(words))

    def page(self, key: str) -> None:
        """A page as it opens, and what can be opened on it."""
        page = self.robot.open(key)
        self.look(key)
        if isinstance(page, ListPage):
            for step in self._of_list(key, page):
                step()
        self.look(f"{key}: keys", self.robot.session.shell.show_keys())
        self.tidy()

    def window(self) -> None:
        """What belongs to no page: everything that can be found, and what was told."""
        shell = self.robot.session.shell
        shell.find_anything()
        self.look("palette")
        shell.palette_box.close_box()
        shell.bell.open_panel()
        self.look("notifications")
        self.tidy()

    def look(self, where: str, *parts: QWidget | None) -> None:
        """Read some parts of the window, or all of it, what floats over it, and what was told meanwhile."""
        self.robot.settle()
        shell, windows = self.robot.session.shell, set(QApplication.topLevelWidgets()) - self._others
        floating = (one for one in windows if one.isVisible() and one is not shell)
        read = {*(part for part in parts or (shell,) if part is not None), *floating}
        words = {word for part in read for word in shown_words(part)} | set(self._told)
        self._told.clear()
        self.found.setdefault(where, set()).update(filter(None, words))

    def tidy(self) -> None:
        """Close what is open, whatever was typed."""
        for window in QApplication.topLevelWidgets():
            if window.isVisible() and isinstance(window, (Popover, QMenu, QDialog)):
                window.close()
        page = self.robot.session.shell.current
        panel = getattr(page, "panel", None)
        if panel is not None and hasattr(page, "close_panel"):
            page.close_panel()
        for message in self.robot.session.shell.findChildren(QDialog):
            message.close()

    def _of_list(self, key: str, page: ListPage) -> Iterator[Callable[[], None]]:
        yield partial(self._record, key, page)
        yield partial(self._columns, key, page)
        yield partial(self._filters, key, page)
        yield from (partial(self._action, key, page, action) for action in self._actions(page))

    def _actions(self, page: ListPage) -> tuple[Action, ...]:
        primary = (page.spec.primary,) if page.spec.primary is not None else ()
        return tuple(one for one in (*primary, *page.spec.actions) if page.desk.may(one.permission))

    def _record(self, key: str, page: ListPage) -> None:
        """Its panel, and what the buttons of the panel open."""
        if not page.model.rowCount():
            return
        page.table.choose(0)
        self.look(f"{key}: record", page.panel)
        panel = page.panel
        if not isinstance(panel, DetailPanel) or page.spec.detail is None:
            return
        record = panel.record
        for button in page.spec.detail.buttons:
            if page.desk.may(button.permission) and button.show(record) and _free(button, record):
                button.run(page, record)
                self._opened(f"{key}: {button.title}", page)
                if self.robot.session.shell.current is not page:
                    self.robot.open(key)

    def _action(self, key: str, page: ListPage, action: Action) -> None:
        """What an action opens, or says when it is done at once."""
        if self.robot.session.shell.current is not page:
            self.robot.open(key)
        page.table.clearSelection()
        if action.needs is not Needs.NONE and page.model.rowCount():
            page.table.choose(0)
        page.run_action(action)
        self._opened(f"{key}: {action.title}", page)

    def _opened(self, where: str, page: ListPage) -> None:
        panel = page.panel
        self.look(where, panel)
        if isinstance(panel, FormPanel):
            panel.save()
            self.robot.settle()
            self.look(f"{where}: problems", panel if shiboken6.isValid(panel) else None)
        self.tidy()

    def _columns(self, key: str, page: ListPage) -> None:
        page.body.choose_columns()
        self.look(f"{key}: columns", page.body.filters)
        self.tidy()
        page.body.views_button.ask_to_save()
        self.look(f"{key}: view", page.body.filters)
        self.tidy()

    def _filters(self, key: str, page: ListPage) -> None:
        bar = page.body.filters
        for field, kind in self._fields(page):
            if kind in self._seen_kinds:
                continue
            self._seen_kinds.add(kind)
            bar.open_by_key(field)
            self.look(f"{key}: filter {field}", page.body.filters)
            self.tidy()

    def _fields(self, page: ListPage) -> list[tuple[str, object]]:
        """The filters of a page; of those that ask alike everywhere, one is enough."""
        fields = filter_fields(page.spec, page.model.columns)
        return [
            (one.key, one if isinstance(one.by, Choices) else (type(one.by), one.kind)) for one in fields if one.offered
        ]

    def _hear(self, message: Message) -> None:
        self._told += [said(message.text), said(message.action)]

    def _dialog(self) -> int:
        return 0  # a window that waits for an answer would wait for ever

    def _file(self, words: tuple[Any, ...]) -> tuple[str, str]:
        self._told += [str(word).split("(")[0] for word in words if isinstance(word, str)]
        return "", ""


def _free(button: Any, record: Any) -> bool:
    return button.why_not is None or button.why_not(record) is None
