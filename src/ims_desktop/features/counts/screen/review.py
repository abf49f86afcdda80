"""The review of a count: what differs in quantity and money, what is over the tolerance, and what becomes of it."""

from collections.abc import Set
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from ims_desktop.domain.listing import Filter, ListQuery, Match, Page, Summary
from ims_desktop.domain.wording import Words, dotted, say, say_count, word
from ims_desktop.domain.work import read
from ims_desktop.features.counts import service
from ims_desktop.features.counts.rules import Finding, State
from ims_desktop.features.counts.screen.endings import POST
from ims_desktop.features.counts.screen.words import SHEET_STATES, lot_words, tolerance
from ims_desktop.features.counts.service import SUBJECTS, CountSheet, Review
from ims_desktop.features.items.rules import places
from ims_desktop.ui.chips import Chip
from ims_desktop.ui.columns import Column, Kind
from ims_desktop.ui.controls import named
from ims_desktop.ui.desk import Desk
from ims_desktop.ui.empty_state import EmptyState
from ims_desktop.ui.formats import Formats
from ims_desktop.ui.list_page import ListPage
from ims_desktop.ui.list_spec import Action, ListSpec, Needs, Tab
from ims_desktop.ui.theme import Tone

MARKS = {
    "over": Chip("Over tolerance", Tone.BAD),
    "again": Chip("To count again", Tone.WARN),
    "blank": Chip("Not counted", Tone.NEUTRAL),
    "moved": Chip("Moved meanwhile", Tone.WARN),
    "differs": Chip("Differs"),
    "agrees": Chip("Agrees", Tone.OK),
}


def build_review(desk: Desk) -> QWidget:
    """The page of one review, opened by the key of its count."""
    return ReviewPage(desk)


@dataclass(frozen=True)
class FindingRow:
    """A finding as the list shows it."""

    finding: Finding

    @property
    def id(self) -> tuple[UUID, UUID, str | None]:
        """The line, and its lot."""
        return self.finding.id

    @property
    def item(self) -> str:
        """The item."""
        return self.finding.item

    @property
    def detail(self) -> Words:
        """Where, of which lot, and its code."""
        return dotted(self.finding.place, lot_words(self.finding.lot, None), self.finding.sku)

    @property
    def lot(self) -> str:
        """The lot, where one was named."""
        return self.finding.lot or ""

    @property
    def expires_on(self) -> date | None:
        """Until when that is good."""
        return self.finding.expires_on

    @property
    def counted(self) -> Decimal | None:
        """What was counted."""
        return self.finding.counted

    @property
    def expected(self) -> Decimal:
        """What the system had at that moment."""
        return self.finding.expected

    @property
    def difference(self) -> Decimal | None:
        """By how much that differs."""
        return self.finding.difference

    @property
    def unit(self) -> str:
        """The stock unit."""
        return self.finding.unit

    @property
    def decimals(self) -> int:
        """How many decimals the quantities show: all three alike."""
        found = self.finding
        shown = (found.counted, found.expected, found.difference)
        return max(places(found.unit, each) for each in shown if each is not None)

    @property
    def percent(self) -> Decimal | None:
        """The difference as a part of what was expected."""
        return self.finding.percent

    @property
    def value(self) -> Decimal | None:
        """What it is worth."""
        return self.finding.value

    @property
    def counted_at(self) -> Any:
        """When it was so."""
        return self.finding.counted_at if self.finding.counted is not None else None

    @property
    def state(self) -> str:
        """The mark that matters most."""
        found = self.finding
        if found.counted is None:
            return "again" if found.is_recounted else "blank"
        if found.is_over and not found.is_recounted:
            return "over"
        if found.has_moved:
            return "moved"
        return "differs" if found.difference else "agrees"


def signed(row: FindingRow) -> Tone:
    """What is missing stands out."""
    return Tone.BAD if (row.difference or 0) < 0 else Tone.OK if (row.difference or 0) > 0 else Tone.PLAIN


COLUMNS = (
    Column("item", "Item", Kind.TITLE, 220, sub="detail", stretch=True, derived=True),
    Column("lot", "Lot", width=110, derived=True, hidden=True),
    Column("expires_on", "Until", Kind.DATE, 110, derived=True, hidden=True),
    Column("counted", "Counted", Kind.QUANTITY, 130, unit="unit", places="decimals", derived=True),
    Column("expected", "System then", Kind.QUANTITY, 150, unit="unit", places="decimals", derived=True),
    Column("difference", "Difference", Kind.QUANTITY, 130, unit="unit", places="decimals", signed=True, tone=signed,
           derived=True),
    Column("percent", "%", Kind.PERCENT, 96, signed=True, tone=signed, derived=True),
    Column("value", "Value", Kind.MONEY, 100, signed=True, total=True, tone=signed, permission="stock.cost",
           derived=True),
    Column("counted_at", "Time", Kind.TIME, 84, derived=True),
    Column("state", "Mark", Kind.CHIP, 150, chips=dict(MARKS), derived=True),
)  # fmt: skip
TABS = (
    Tab("differs", "Differences", (Filter("state", Match.IN, ("over", "moved", "differs", "again")),)),
    Tab("over", "Over tolerance", (Filter("state", Match.IN, ("over",)),)),
    Tab("blank", "Not counted", (Filter("state", Match.IN, ("blank", "again")),)),
    Tab("all", "All lines"),
)


class ReviewPage(QWidget):
    """Waits for a count to be opened, and shows its review then."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.setAccessibleName(self.tr("Review of a count"))
        self.desk = desk
        self.view: ReviewView | None = None
        self.stack = named(QStackedWidget(), "page")
        nothing = EmptyState()
        nothing.say("scales", self.tr("No count is open"), self.tr("Choose one among the counts."))
        self.stack.addWidget(nothing)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.stack)

    def show_record(self, key: UUID) -> None:
        """Open a review."""
        if self.view is None or self.view.key != key:
            if self.view is not None:
                self.stack.removeWidget(self.view)
                self.view.deleteLater()
            self.view = ReviewView(self.desk, key)
            self.stack.addWidget(self.view)
            self.stack.setCurrentWidget(self.view)
        self.view.read()

    def showEvent(self, event: QShowEvent) -> None:
        """Who opens the page without saying which count gets the one under way."""
        super().showEvent(event)
        if self.view is None:
            self.desk.start(self, self._offer, service.under_way, self.desk.site, replace="count under way")

    def _offer(self, found: UUID | None) -> None:
        if self.view is None and found is not None:
            self.show_record(found)


class ReviewView(QWidget):
    """The findings of one count as a list, with what can be decided about them."""

    def __init__(self, desk: Desk, key: UUID) -> None:
        super().__init__()
        self.desk, self.key = desk, key
        self.sheet: CountSheet | None = None
        self.review = Review((), 0)
        self.list = ListPage(desk, self._spec())
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.list)
        desk.background.changed.connect(self._concerned)

    def read(self) -> None:
        """Read the count and what it found."""
        self.desk.start(self, self._show, service.count_sheet, self.key, replace="count in review")
        self.list.reload()

    def showEvent(self, event: QShowEvent) -> None:
        """Read what happened meanwhile."""
        super().showEvent(event)
        self.read()

    def _concerned(self, subjects: Set[str]) -> None:
        if subjects & SUBJECTS and self.isVisible():
            self.desk.start(self, self._show, service.count_sheet, self.key, replace="count in review")

    def _show(self, sheet: CountSheet) -> None:
        self.sheet = sheet
        self.list.body.header.title.say(sheet.name)

    # the list ------------------------------------------------------------------------------------------------

    def _spec(self) -> ListSpec:
        @read
        def findings(connection: Any, query: ListQuery) -> Page[FindingRow]:
            self.review = service.review(connection, self.key)
            return Page(tuple(_chosen(self.review, query)))

        @read
        def summary(connection: Any, query: ListQuery) -> Summary:
            rows = list(_chosen(service.review(connection, self.key), query))
            values = [row.value for row in rows if row.value is not None]
            return Summary(len(rows), {"value": sum(values, Decimal(0))} if values else {}, exact=True)

        @read
        def counts(connection: Any, query: ListQuery) -> dict[str, int]:
            found = service.review(connection, self.key)
            asked = replace(query, filters=())
            return {tab.key: len(list(_chosen(found, replace(asked, filters=tab.filters)))) for tab in TABS}

        return ListSpec(
            key="count_review",
            title="Review",
            noun=("line", "lines"),
            columns=COLUMNS,
            read=findings,
            summary=summary,
            counts=counts,
            subjects=SUBJECTS | {"stock"},
            subtitle=self._subtitle,
            search_hint="Find by item or place",
            filters_by_kind=False,
            tabs=TABS,
            primary=Action("Post…", self._post, "check", "counts.post"),
            actions=(
                Action("Approve", self._approve, "check-circle", "counts.post"),
                Action("Back to counting", self._reopen, "arrow-left", "counts.post"),
                Action("Sheet", self._sheet, "clipboard-text", "counts.enter"),
                Action("Count again", self._recount, "arrows-clockwise", "counts.post", Needs.SOME),
            ),
        )

    def _subtitle(self, summary: Summary, formats: Formats) -> Words:
        sheet = self.sheet
        if sheet is None:
            return say_count("{count:,} line", "{count:,} lines", summary.count)
        approved = say("approved by {name}", name=sheet.approved_by) if sheet.approved_by else ""
        return dotted(
            sheet.code,
            sheet.site,
            word(SHEET_STATES[sheet.state].text),
            say("tolerance {tolerance}", tolerance=tolerance(sheet, formats)),
            approved,
        )

    # what can be decided -------------------------------------------------------------------------------------

    def _asked(self, *states: State) -> CountSheet | None:
        """The count, where it is in one of these states; otherwise the person is told why not."""
        if self.sheet is not None and self.sheet.state in states:
            return self.sheet
        if self.sheet is not None:
            told = {
                State.OPEN: say("This count is still being entered: say on its sheet that counting is done."),
                State.REVIEW: say("This count is not posted yet."),
                State.POSTED: say("This count is posted."),
                State.DISCARDED: say("This count was discarded."),
            }
            self.desk.messages.note(told[State(self.sheet.state)])
        return None

    def _post(self, page: Any, _rows: tuple[Any, ...]) -> None:
        sheet = self._asked(State.REVIEW)
        if sheet is None:
            return
        found, formats = self.review.findings, self.desk.formats
        blank = [each for each in found if each.counted is None]
        values = [each.value for each in found if each.value is not None]
        names = ", ".join(each.item for each in blank[:8]) + (" …" if len(blank) > 8 else "")
        shown = {
            "sheet": sheet.id,
            "version": sheet.version,
            "seen": self.review.seen,
            "lines": formats.number(sum(bool(each.difference) for each in found)),
            "value": formats.money(sum(values, Decimal(0)), currency=True) if values else "—",
            "blank": f"{len(blank)}: {names}" if blank else "",
            "blanks": None,
        }
        page.open_form(POST, shown)

    def _approve(self, page: Any, _rows: tuple[Any, ...]) -> None:
        if (sheet := self._asked(State.REVIEW)) is not None:
            done = say("Approved as it stands")
            page.start(
                lambda _: self.desk.messages.done(done), service.approve, sheet.id, sheet.version, self.review.seen
            )

    def _reopen(self, page: Any, _rows: tuple[Any, ...]) -> None:
        if (sheet := self._asked(State.REVIEW)) is not None:
            page.start(lambda _: self._sheet(page, ()), service.reopen, sheet.id, sheet.version)

    def _recount(self, page: Any, rows: tuple[FindingRow, ...]) -> None:
        if self._asked(State.OPEN, State.REVIEW) is None:
            return

        def done(asked: int) -> None:
            self.desk.messages.done(
                say_count("{count} line is to be counted again", "{count} lines are to be counted again", asked)
            )

        page.start(done, service.recount, self.key, tuple(dict.fromkeys(row.finding.line for row in rows)))

    def _sheet(self, _page: Any, _rows: tuple[Any, ...]) -> None:
        self.desk.navigation.open("count_sheet", self.key)


def _chosen(review: Review, query: ListQuery) -> Any:
    """The findings that a query selects: by their mark, and by words in item, code or place."""
    states = next((chip.values for chip in query.filters if chip.key == "state"), None)
    words = query.search.casefold().split()
    for finding in review.findings:
        row = FindingRow(finding)
        told = f"{finding.item} {finding.sku} {finding.place} {finding.lot or ''}".casefold()
        if (states is None or row.state in states) and all(word in told for word in words):
            yield row
