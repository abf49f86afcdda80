"""The page on which orders are entered by keyboard: catering, wholesale, internal orders and staff meals."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from PySide6.QtCore import QTimer
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QStackedLayout, QVBoxLayout, QWidget

from ims_desktop.domain.errors import Offline, Problem, UnknownOutcome, UserError
from ims_desktop.features.sales import service
from ims_desktop.features.sales.rules.worth import added_up
from ims_desktop.features.sales.screen.order_head import KIND_WORDS, OrderHead
from ims_desktop.features.sales.screen.order_lines import Basis, entered, entry_spec, repriced, typed, worth
from ims_desktop.features.sales.service import EntryTerms, Kept, OpenOrder, OrderDraft
from ims_desktop.ui.busy_line import BusyLine
from ims_desktop.ui.controls import Button, bind, clear_layout, column, frame, label, named, row, scrolling
from ims_desktop.ui.desk import Desk
from ims_desktop.ui.empty_state import EmptyState
from ims_desktop.ui.entry_grid import EntryGrid
from ims_desktop.ui.notes import NoteBox
from ims_desktop.ui.objections import ask_for_objections
from ims_desktop.ui.page_header import PageHeader
from ims_desktop.ui.theme import Tone

COLUMN_OF = {"menu_item": "item"}  # what the server calls the columns of the table


class OrderEntry(QWidget):
    """One order at a time; what was typed stays until the server has it."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.setObjectName("page")
        self.desk = desk
        self.site: UUID | None = None
        self.terms: EntryTerms | None = None
        self.order: OpenOrder | None = None
        self._id, self._sending, self._clean = uuid4(), False, None
        self.head, self.grid = OrderHead(desk), EntryGrid(desk, entry_spec(desk, self._basis))
        self.header = PageHeader(self.tr("New order"))
        self.keep_button = Button(self.tr("Keep open"), icon="clock")
        self.post_button = Button(self.tr("Record now"), "primary", "check")
        self.new_button = Button(self.tr("New order"), icon="plus")
        self._effect = label("", 13, role="sub")
        self._whole, self._split = label("", 22, 600, tabular=True), label("", 12, role="muted", tabular=True)
        self._notes = QVBoxLayout()
        self._lay_out()
        self._listen()
        self.show_site()

    def _lay_out(self) -> None:
        fields = frame("card", column(self.head, margins=(16, 14, 16, 12)))
        foot = row(
            self._effect, None, column(self._whole, self._split), 24, self.keep_button, self.post_button, spacing=8
        )
        entering = named(QWidget(), "page")
        content = column(fields, self._notes, self.grid, foot, None, spacing=12, margins=(24, 0, 24, 20))
        entering.setLayout(column(scrolling(content)))
        nowhere = EmptyState()
        words = self.tr("An order belongs to one site: choose it above the navigation.")
        nowhere.say("storefront", self.tr("Choose a site"), words)
        holder = QWidget()
        self._views = QStackedLayout(holder)
        self._views.addWidget(nowhere)
        self._views.addWidget(entering)
        top = row(self.header, self.new_button, margins=(24, 18, 24, 12))
        top.setStretch(0, 1)
        whole = column(top, holder)
        whole.setStretch(1, 1)
        self.setLayout(whole)
        self.busy = BusyLine(self)

    def _listen(self) -> None:
        self.grid.record_requested.connect(lambda _lines: self.post())
        self.grid.lines_changed.connect(self._tell)
        self.head.edited.connect(self._tell)
        self.head.priced_anew.connect(self._price_again)
        self.keep_button.clicked.connect(self.keep)
        self.post_button.clicked.connect(self.post)
        self.new_button.clicked.connect(self.start_new)
        self.desk.site_changed.connect(self.show_site)
        bind(self, "Ctrl+N", self.start_new, words=self.tr("A new order"))
        bind(self, "Ctrl+S", self.keep, words=self.tr("Keep the order open"))

    # what the shell asks --------------------------------------------------------------------------------------

    @property
    def dirty(self) -> bool:
        """Whether something typed here is nowhere else."""
        return self._clean is not None and self._state() != self._clean

    def leave(self, go_on: Callable[[], None]) -> None:
        """Ask before what was typed is lost."""
        if not self.dirty:
            go_on()
            return
        words = self.tr("Leave this order? What you typed is not kept.")
        self.desk.messages.ask(words, lambda: self._discard(go_on), go_on=self.tr("Leave"), parent=self)

    def show_record(self, key: Any) -> None:
        """Change an open order."""
        self.leave(lambda: self.desk.start(self, self._opened, service.open_order, key))

    def start_new(self) -> None:
        """Begin an empty order (Ctrl+N)."""
        self.leave(lambda: self._begin(None))

    def show_site(self) -> None:
        """Enter at the chosen site, or at the only one; an order that is open stays at its own."""
        sites = self.desk.sites
        chosen = self.desk.site or (sites[0].key if len(sites) == 1 else None)
        site = self.order.site_id if self.order is not None else chosen
        self._views.setCurrentIndex(0 if site is None else 1)
        if site is not None and site != self.site:
            self._know(site, None)

    def showEvent(self, event: QShowEvent) -> None:
        """Stand ready to type."""
        super().showEvent(event)
        QTimer.singleShot(0, self, self.head.stand)

    # filling in -----------------------------------------------------------------------------------------------

    def _know(self, site: UUID, order: OpenOrder | None) -> None:
        """Ask how a site works out its orders, then show one."""
        self.site = site
        self._views.setCurrentIndex(1)
        self.desk.start(self, lambda terms: self._knows(terms, order), service.entry_terms, site, replace="terms")

    def _knows(self, terms: EntryTerms, order: OpenOrder | None) -> None:
        self.terms = terms
        if order is not None or not self.dirty:
            self._begin(order)

    def _opened(self, order: OpenOrder) -> None:
        self._know(order.site_id, order)

    def _begin(self, order: OpenOrder | None) -> None:
        self.order, self._id, self._sending = order, order.id if order else uuid4(), False
        self.head.show_order(order, self._zone())
        self.grid.fill(tuple(typed(line, self.desk) for line in order.lines) if order else ())
        title = self.tr("Order {number}").format(number=order.number) if order else self.tr("New order")
        self.header.title.say(title)
        self._say(None)
        self._clean = self._state()
        self._tell()

    def _zone(self) -> ZoneInfo:
        return ZoneInfo(self.terms.time_zone if self.terms else "UTC")

    def _state(self) -> Any:
        return self.head.state(), self.grid.words()

    def _discard(self, go_on: Callable[[], None]) -> None:
        self._clean = self._state()
        go_on()

    def _basis(self) -> Basis:
        values, _problems = self.head.read()
        at = self.head.moment(self._zone()) or datetime.now(UTC)
        day = self.terms.business_day(at) if self.terms else at.date()
        included = self.terms is not None and self.terms.prices_include_tax
        return Basis(self.site or self._id, day, values.get("kind") or "", included)

    def _price_again(self) -> None:
        """Another day or purpose has other prices; those set by hand stay."""
        keys = [made.item.id for line in self.grid.begun() if (made := entered(line)) is not None]
        if keys:
            basis = self._basis()
            self.desk.start(self, self._priced, service.prices_on, basis.site, basis.day, keys, replace="prices")
        self._tell()

    def _priced(self, found: Any) -> None:
        kind, lines = self._basis().kind, self.grid.begun()
        priced = tuple(repriced(line, found, self.desk, kind) for line in lines)
        if priced != lines:
            self.grid.fill(priced)

    def _tell(self) -> None:
        """What it comes to, and what each button would do."""
        basis, formats = self._basis(), self.desk.formats
        lines = [found for line in self.grid.begun() if (found := worth(line, basis.prices_include_tax)) is not None]
        total = added_up(lines)
        self._whole.say(formats.money(total.whole, currency=True))
        split = self.tr("{net} net, {tax} tax")
        self._split.say(split.format(net=formats.money(total.net), tax=formats.money(total.tax)))
        self.header.say(next((one.name for one in self.desk.sites if one.key == self.site), ""))
        later = self.terms is not None and basis.day > self.terms.business_day(datetime.now(UTC))
        planned = self.tr("Planned: it takes nothing out of stock before it is recorded on its day.")
        self._effect.say(planned if later else self.tr("Recording takes what is used out of stock at once."))
        why = self.tr("The order is on its way.") if self._sending else None
        why = why or (None if lines else self.tr("Fill in a line first."))
        self.keep_button.refuse(why)
        self.post_button.refuse(why or (self.tr("Its day has not come yet: keep it open.") if later else None))

    # sending --------------------------------------------------------------------------------------------------

    def keep(self) -> None:
        """Keep it open (Ctrl+S)."""
        self._send(None)

    def post(self) -> None:
        """Record it now (Ctrl+Enter)."""
        self._send(uuid4())

    def _send(self, key: UUID | None) -> None:
        self.grid.table.commit()
        values, problems = self.head.read()
        problems += self.grid.problems("lines")
        self._show(problems)
        at = self.head.moment(self._zone())
        if not problems and at is not None and not self._sending and self.site is not None:
            self._sending = True
            self.busy.begin()
            self._tell()
            self._go(self._draft(self.site, at, values, key))
        elif problems and self.site is not None:
            self._ask_what_else(self.site, at, values, problems, key)

    def _ask_what_else(
        self, site: UUID, at: datetime | None, values: dict[str, Any], told: list[Problem], key: UUID | None
    ) -> None:
        """Have the service judge the head and the lines that can be read, so that everything is told at once."""
        draft = self._draft(site, at or datetime.now(UTC), values, key)
        ask_for_objections(
            self.desk, self, told, self._show, _use_case(draft), draft, rows={"": self.grid.ready_rows()}
        )

    def _draft(self, site: UUID, at: datetime, values: dict[str, Any], key: UUID | None) -> OrderDraft:
        now = datetime.now(UTC)
        if timedelta() < at - now < timedelta(minutes=2):
            at = now  # the minute that was typed is not over yet
        lines = tuple(made for line in self.grid.lines() if (made := entered(line)) is not None)
        covers = values["covers"]
        return OrderDraft(
            self._id,
            self.order.version if self.order else 0,
            site,
            values["kind"],
            at,
            lines,
            channel=KIND_WORDS.get(values["kind"], ""),
            customer_id=values["customer_id"],
            covers=None if covers is None else int(covers),
            note=values["note"],
            posting_key=key,
        )

    def _go(self, draft: OrderDraft) -> None:
        self.desk.start(
            self,
            lambda kept: self._kept(draft, kept),
            _use_case(draft),
            draft,
            failed=lambda error: self._failed(draft, error),
        )

    def _kept(self, draft: OrderDraft, kept: Kept) -> None:
        self._rest()
        self._clean = self._state()
        messages = self.desk.messages
        if draft.posting_key is None:
            messages.done(self.tr("Order {number} is kept open").format(number=kept.number))
            self.desk.start(self, self._opened, service.open_order, kept.id)
            return
        void = service.Void(uuid4(), kept.id, self.tr("Entered by mistake"))
        take_back = lambda: self.desk.start(self, lambda _order: None, service.void_order, void)  # noqa: E731
        words = self.tr("Order {number} is recorded").format(number=kept.number)
        messages.done(words, undo=take_back if self.desk.may("sales.void") else None)
        self._begin(None)
        QTimer.singleShot(0, self, self.head.stand)  # after the table has taken its cell back

    def _failed(self, draft: OrderDraft, error: Exception) -> None:
        if isinstance(error, UnknownOutcome) and draft.posting_key is not None:
            words = self.tr("The connection broke before the server answered. Sent again, it is recorded once.")
            self._say(NoteBox(words, Tone.WARN, (self.tr("Send again"), lambda: self._go(draft))))
            return
        self._rest()
        if isinstance(error, Offline):
            words = self.tr("Not kept: the server cannot be reached. What you typed stays here.")
            self._say(NoteBox(words, Tone.WARN))
        elif isinstance(error, UserError):
            self._show(error.problems, error.text)

    def _rest(self) -> None:
        self._sending = False
        self.busy.end()
        self._tell()

    def _show(self, problems: Sequence[Problem], sentence: str = "") -> None:
        """Every problem at its place, and what has none in words."""
        named_here = ((one, (one.field or "").rpartition(".")[2]) for one in problems if one.row is not None)
        self.grid.show_problems_of_begun([replace(one, field=COLUMN_OF.get(key, key)) for one, key in named_here])
        loose = self.head.show_problems(problems)
        words = " ".join(filter(None, (sentence, *loose)))
        self._say(NoteBox(words, Tone.BAD) if words else None)

    def _say(self, note: NoteBox | None) -> None:
        clear_layout(self._notes)
        if note is not None:
            self._notes.addWidget(note)


def _use_case(draft: OrderDraft) -> Callable[..., Any]:
    return service.record_order if draft.posting_key else service.save_order


def build_entry(desk: Desk) -> QWidget:
    """The page of order entry."""
    return OrderEntry(desk)
