"""The program in a language read from the right: every page is the mirror of itself, and nothing painted falls out."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
from languages.right_to_left import CODE, catalogue
from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QGuiApplication, QPainter
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QHeaderView, QScrollBar, QWidget
from pytestqt.qtbot import QtBot

from ims_desktop.app.navigation import ENTRIES
from ims_desktop.ui.busy_line import BusyLine
from ims_desktop.ui.choices import Choice
from ims_desktop.ui.formats import Formats
from ims_desktop.ui.inputs import SearchBox, Segmented
from ims_desktop.ui.language import speaker
from ims_desktop.ui.list_page import ListPage
from ims_desktop.ui.sides import ENDS, FROM_HERE, FROM_LEFT, FROM_RIGHT, ISLAND
from ims_desktop.ui.toasts import Toast
from tests.app.robot import Robot, robot_at
from tests.restaurant import Restaurant, receive, seed
from tests.tenants import PASSWORD, Server, new_tenant

SMALLEST = (1366, 768)
MARKS = str.maketrans("", "", FROM_HERE + ISLAND + ENDS)
OF_THE_SIGN_IN = ("sessions", "audit")  # pages that tell of the second sign-in
OPENED = ("items", "suppliers")  # whose panels are compared; all panels are built of the same pieces
SLACK = 4  # pixels: words measure a fraction more or less from the other side, and several stand in a row


@dataclass
class Seen:
    """What stands on a window: where its widgets lie, and the words that were painted by hand, with their places."""

    widgets: list[tuple[str, QRect]] = field(default_factory=list)
    words: list[tuple[str, QRectF, tuple[float, float]]] = field(default_factory=list)
    cut: list[str] = field(default_factory=list)


@pytest.fixture(scope="module")
def restaurant(server: Server) -> Iterator[Restaurant]:
    made = seed(new_tenant(server))
    receive(made.tenant.desk(), made, {"Mozzarella": ("10", "7.90"), "Flour": ("100", "1.12")})
    yield made
    made.tenant.close()


@pytest.fixture
def clock_stands(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every moment is written alike: the two programs that are compared open their pages at different ones."""
    today = Formats().today()
    monkeypatch.setattr(Formats, "today", lambda _formats: today)
    monkeypatch.setattr(Formats, "_write_time", lambda _formats, _clock: "00:00")


@contextmanager
def at_work(restaurant: Restaurant, folder: Path) -> Iterator[Robot]:
    """The program with the owner signed in, in the smallest window."""
    with robot_at(restaurant.tenant.server.gate, folder) as made:
        made.sign_in(restaurant.tenant.owner_login, PASSWORD)
        made.session.shell.resize(*SMALLEST)
        made.settle()
        yield made


@contextmanager
def read_from_the_right() -> Iterator[None]:
    """English from right to left: the same words, so that every place can be compared."""
    QGuiApplication.setLayoutDirection(FROM_RIGHT)
    try:
        yield
    finally:
        QGuiApplication.setLayoutDirection(FROM_LEFT)


@pytest.fixture
def hebrew() -> Iterator[None]:
    speaker.speak_from(CODE, catalogue())
    speaker.stays = True
    try:
        yield
    finally:
        speaker.stays = False
        speaker.speak("en")


def visit(robot: Robot) -> Iterator[tuple[str, Any]]:
    """Every page, and some with the first row opened in the panel."""
    for entry in ENTRIES:
        page = robot.open(entry.key)
        robot.until(lambda: not robot.session.shell.is_away)  # a stalled computer loses its server for a moment
        robot.settle()
        yield entry.key, page
        if entry.key in OPENED:
            page.table.choose(0)
            page.table.opened.emit(page.model.row_at(page.table.currentIndex()))
            robot.settle()
            yield f"{entry.key}, detail", page
            page.close_panel()
            robot.settle()


def look(window: QWidget) -> Seen:
    """Paint a window and note what is where."""
    seen, paint = Seen(), QPainter.drawText
    for passing in window.findChildren(Toast):  # news of the moment, which comes and goes by itself
        passing.dismiss()

    def noted(painter: QPainter, *given: Any) -> Any:
        area = next((one for one in given if isinstance(one, QRect | QRectF)), None)
        words = next((one for one in given if isinstance(one, str)), "")
        if area is not None and words and not is_icon(words):
            flags = next(int(one.value if hasattr(one, "value") else one) for one in given[1:] if one is not words)
            width = QFontMetrics(painter.font()).horizontalAdvance(words)
            if width > area.width() + SLACK and flags & int(Qt.AlignmentFlag.AlignHCenter.value) == 0:
                seen.cut.append(words.translate(MARKS))
            ink = painter.boundingRect(QRectF(area), flags, words)
            where = painter.deviceTransform()
            seen.words.append((words.translate(MARKS), where.mapRect(ink), (where.dx(), where.dy())))
        return paint(painter, *given)

    QPainter.drawText = noted  # type: ignore[method-assign, assignment]
    try:
        window.grab()
    finally:
        QPainter.drawText = paint  # type: ignore[method-assign]
    for widget in window.findChildren(QWidget):
        if widget.isVisible() and not isinstance(widget, QScrollBar | BusyLine):
            area = QRect(widget.mapTo(window, widget.rect().topLeft()), widget.size())
            seen.widgets.append((type(widget).__name__, area))
    return seen


def is_icon(words: str) -> bool:
    """Whether it is a letter of the icon font, which is painted into a picture of its own."""
    return "\ue000" <= words[0] <= "\uf8ff"


def unlike(left: Seen, right: Seen, width: int) -> Iterator[str]:
    """What does not lie as in a mirror."""
    if [kind for kind, _area in left.widgets] != [kind for kind, _area in right.widgets]:
        yield f"{len(left.widgets)} widgets became {len(right.widgets)}"
        return
    for (kind, area), (_kind, other) in zip(left.widgets, right.widgets, strict=True):
        mirrored = QRect(width - other.x() - other.width(), other.y(), other.width(), other.height())
        if not mirrored.adjusted(-SLACK, -SLACK, SLACK, SLACK).contains(area) or far(mirrored.size(), area.size()):
            yield f"{kind} at {area.getRect()} went to {other.getRect()}"


def far(one: QSize, two: QSize) -> bool:
    """Whether two sizes are not the same but for a fraction."""
    return abs(one.width() - two.width()) > SLACK or abs(one.height() - two.height()) > SLACK


def on_top_of_each_other(seen: Seen) -> Iterator[str]:
    """Words of one widget that were painted over others."""
    for (one, area, origin), (two, other, same) in combinations(seen.words, 2):
        if origin == same and area.adjusted(1, 3, -1, -3).intersects(other.adjusted(1, 3, -1, -3)) and one != two:
            yield f"{one!r} over {two!r}"


@pytest.mark.usefixtures("clock_stands")
def test_every_page_is_the_mirror_of_itself(restaurant: Restaurant, qtbot: QtBot, tmp_path: Path) -> None:
    with at_work(restaurant, tmp_path / "left") as robot:
        before = {key: look(robot.session.shell) for key, _page in visit(robot)}
    wrong = []
    with read_from_the_right(), at_work(restaurant, tmp_path / "right") as robot:
        for key, _page in visit(robot):
            seen = look(robot.session.shell)
            wrong += [f"{key}: {fault}" for fault in unlike(before[key], seen, SMALLEST[0])]
            said, now = ({words for words, _area, _origin in one.words} for one in (before[key], seen))
            new = sorted(now - said) if key not in OF_THE_SIGN_IN else ()
            wrong += [f"{key}: {words!r} was not there before, or not cut" for words in new]
    assert not wrong, "\n".join(wrong)


@pytest.mark.usefixtures("hebrew")
def test_every_page_begins_on_the_right_and_nothing_is_painted_over_anything(
    restaurant: Restaurant, qtbot: QtBot, tmp_path: Path
) -> None:
    wrong = []
    with at_work(restaurant, tmp_path) as robot:
        shell = robot.session.shell
        bar = shell.navigation_bar
        assert bar.mapTo(shell, bar.rect().topRight()).x() == shell.width() - 1
        for key, page in visit(robot):
            seen = look(shell)
            wrong += [f"{key}: {fault}" for fault in (*on_top_of_each_other(seen), *seen.cut)]
            for header in page.findChildren(QHeaderView):
                if header.isVisible() and header.orientation() == Qt.Orientation.Horizontal and header.count() > 1:
                    wrong += [f"{key}: {fault}" for fault in not_from_the_right(header)]
            if isinstance(page, ListPage) and page.panel is not None and page.panel.x() != 0:
                wrong.append(f"{key}: the panel stands at {page.panel.x()}")
    assert not wrong, "\n".join(wrong)


def not_from_the_right(header: QHeaderView) -> Iterator[str]:
    """Columns whose order is not from right to left."""
    shown = [n for n in (header.logicalIndex(v) for v in range(header.count())) if not header.isSectionHidden(n)]
    places = [header.sectionViewportPosition(section) for section in shown]
    if places != sorted(places, reverse=True):
        yield f"columns stand at {places}"
    if header.offset() == 0 and places[0] + header.sectionSize(shown[0]) < header.viewport().width() - SLACK:
        yield f"the first column ends at {places[0] + header.sectionSize(shown[0])}"


def test_the_arrows_walk_as_one_sees_it(restaurant: Restaurant, qtbot: QtBot, tmp_path: Path) -> None:
    with read_from_the_right(), at_work(restaurant, tmp_path) as robot:
        page = robot.open("items")
        first, second = page.table.shown_sections()[:2]
        page.table.setFocus()
        page.table.stand_on(0, first)
        QTest.keyClick(page.table, Qt.Key.Key_Left)
        assert page.table.currentIndex().column() == second
        QTest.keyClick(page.table, Qt.Key.Key_Right)
        assert page.table.currentIndex().column() == first
        choices = Segmented((Choice(1, "One"), Choice(2, "Two")), name="Which")
        qtbot.addWidget(choices)
        choices.show()
        QTest.keyClick(choices, Qt.Key.Key_Left)
        assert choices.value() == 2
        QTest.keyClick(choices, Qt.Key.Key_Right)
        assert choices.value() == 1


def test_what_stands_already_turns_with_the_language(qapp: QApplication, qtbot: QtBot) -> None:
    line = SearchBox("Find", key="Ctrl+F")
    qtbot.addWidget(line)
    line.show()
    before = line.textMargins()
    with read_from_the_right():
        turned = line.textMargins()
        assert (turned.left(), turned.right()) == (before.right(), before.left())
        assert line.isRightToLeft()
    assert line.textMargins() == before
