"""Blocks from a spreadsheet: with their lots, kept on this PC until the server has them, and never entered twice."""

from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from ims_desktop.domain.cell_block import read_block
from ims_desktop.domain.units import ItemUnits
from ims_desktop.features.counts import service
from ims_desktop.features.counts.rules import Countable, CountedBlock, LineState, NamedLot, read_pasted
from ims_desktop.features.counts.screen.sheet_page import SheetPage
from ims_desktop.ui.journal import State
from ims_desktop.ui.paste_panel import PastePanel
from tests.features.counts.conftest import Bench, entry, line, read, start
from tests.features.counts.test_offline import opened, shown, states
from tests.features.offline import keeping_desk

BLOCK = "DRY-0107\t1 sack\nDRY-0011\t3\n8000500310427\t2"
NAMES = ("Flour", "Olive oil", "Tomato tin")


@pytest.fixture
def at(bench: Bench, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SimpleNamespace]:
    """Downtown with a count of everything on the screen, at a desk with a journal; `asked` are its questions."""
    with keeping_desk(bench, qtbot, tmp_path) as desk:
        desk.sheet = start(bench)
        desk.page = opened(desk, desk.sheet)
        desk.asked = list[tuple[str, Callable[[], None]]]()
        monkeypatch.setattr(
            desk.window.desk.messages, "ask", lambda question, yes, *_, **__: desk.asked.append((str(question), yes))
        )
        yield desk


def paste(at: SimpleNamespace, block: str = BLOCK) -> PastePanel:
    """Paste a block and take it over."""
    page: SheetPage = at.page
    QGuiApplication.clipboard().setText(block)
    assert page.view is not None
    page.view.paste()
    at.window.settle()
    panel = page.panel
    assert isinstance(panel, PastePanel)
    panel.accept()
    at.window.settle()
    return panel


def counted(at: SimpleNamespace) -> list[Decimal | None]:
    """What is on the server."""
    return [line(at.bench, at.sheet, name).counted for name in NAMES]


def test_a_block_waits_on_this_pc_and_goes_as_one(at: SimpleNamespace) -> None:
    at.line.cut()
    paste(at)
    assert states(at) == [State.WAITING]
    assert [(shown(at.page, name).counted, shown(at.page, name).state) for name in NAMES] == [
        (25, LineState.HERE),
        (3, LineState.HERE),
        (2, LineState.HERE),
    ]
    assert counted(at) == [None, None, None]
    view = at.page.view
    waiting = shown(at.page, "Olive oil").line
    view.entering.take_back(waiting, waiting.counting[0])
    at.window.settle()
    at.line.mend()
    at.bot.waitUntil(lambda: set(states(at)) == {State.SENT, State.DISCARDED})
    at.window.settle()
    assert counted(at) == [25, None, 2], "a row that was taken back while it waited was never there"
    assert shown(at.page, "Flour").state is LineState.COUNTED


def test_the_same_block_is_entered_once_more_only_when_its_person_says_so(at: SimpleNamespace) -> None:
    paste(at)
    at.bot.waitUntil(lambda: states(at) == [State.SENT])
    [kept] = at.journal.entries(State.SENT)
    assert at.bench.desk.run(service.enter_block, kept.value).result == 0, "sent again it adds nothing"
    paste(at)
    [(question, agree)] = at.asked
    assert "were entered" in question
    assert counted(at) == [25, 3, 2]
    agree()
    at.bot.waitUntil(lambda: states(at) == [State.SENT] * 2)
    assert counted(at) == [50, 6, 4]
    paste(at, BLOCK.replace("3", "4"))
    at.bot.waitUntil(lambda: states(at) == [State.SENT] * 3)
    assert len(at.asked) == 1, "another block is another block"


def test_a_block_that_waits_is_known_while_the_server_is_away(at: SimpleNamespace) -> None:
    at.line.cut()
    paste(at)
    paste(at)
    assert [question for question, _agree in at.asked] == [
        "These rows wait on this PC already. Entered once more, they count twice."
    ]


def test_a_block_that_was_not_taken_is_put_right_and_entered(at: SimpleNamespace) -> None:
    at.line.cut()
    paste(at)
    at.bench.root.execute("UPDATE items SET is_active = false WHERE name = 'Olive oil'")
    at.bench.root.commit()
    try:
        at.line.mend()
        at.bot.waitUntil(lambda: states(at) == [State.REFUSED])
        at.window.settle()
        assert counted(at) == [None, None, None], "all of it or nothing"
        [refused] = at.journal.entries(State.REFUSED)
        at.page.show_record(refused.key)
        at.window.settle()
        panel: Any = at.page.panel
        assert isinstance(panel, PastePanel)
        assert (panel.changed, panel.refused) == (2, 1)
        panel.accept()
        at.bot.waitUntil(lambda: set(states(at)) == {State.SENT, State.DISCARDED})
        assert counted(at) == [25, None, 2]
    finally:
        at.bench.root.execute("UPDATE items SET is_active = true WHERE name = 'Olive oil'")
        at.bench.root.commit()


def test_one_block_sent_from_two_places_is_there_once(bench: Bench) -> None:
    sheet = start(bench)
    rows = tuple(entry(bench, "Flour", "5") for _ in range(3))
    block = CountedBlock(uuid4(), sheet, rows)
    assert [bench.desk.run(service.enter_block, block).result for _ in range(2)] == [3, 0]
    assert line(bench, sheet, "Flour").counted == 15
    assert read(bench, sheet).counted == 1


def test_lots_stand_in_columns_or_behind_the_quantity() -> None:
    units = ItemUnits("kg", ())
    cheese = Countable(uuid4(), "Mozzarella", "DAI-1", units, "kg", by_lots=True)
    flour = Countable(uuid4(), "Flour", "DRY-1", units, "kg")
    items, here = {"dai-1": cheese, "dry-1": flour}, uuid4()
    block = read_block(
        "SKU\tCounted\tPlace\tLot\tUntil\n"
        "DAI-1\t4\t\tL77\t2026-12-31\n"
        "DAI-1\t4 #L 8\n"
        "DAI-1\t4\n"
        "DRY-1\t4\t\tL77\n"
        "DAI-1\t4\t\tL77\t2026-13-31\n"
        "DAI-1\t4\t\t\t2026-12-31\n"
        f"DAI-1\t4\t\t{'x' * 41}"
    )
    lines, problems = read_pasted(block, items, {}, here)
    assert [one.lot for one in lines] == [NamedLot("L77", date(2026, 12, 31)), NamedLot("L 8"), None]
    assert [one.typed for one in lines] == ["4", "4", "4"]
    assert [(one.row, one.field, str(one.text)) for one in problems] == [
        (5, "lot", "Flour is not kept by lots."),
        (6, "lot", "“2026-13-31” is not a date."),
        (7, "lot", "Name the lot that expires."),
        (8, "lot", "The name of a lot has at most 40 letters."),
    ]
