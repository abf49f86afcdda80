"""The way of one lot in both directions: what it was made of, every movement of it, and all that holds it."""

from PySide6.QtWidgets import QWidget

from ims_desktop.domain.listing import Filter, Match, Summary
from ims_desktop.domain.posting_kinds import KINDS
from ims_desktop.domain.wording import Words, say, say_count
from ims_desktop.features.lots import service
from ims_desktop.features.lots.screen.words import WAYS
from ims_desktop.features.lots.service import TraceRow
from ims_desktop.ui.chips import Chip
from ims_desktop.ui.choices import Choice, Choices
from ims_desktop.ui.columns import Column, Kind
from ims_desktop.ui.desk import Desk
from ims_desktop.ui.formats import Formats
from ims_desktop.ui.language import said
from ims_desktop.ui.list_page import ListPage
from ims_desktop.ui.list_spec import Action, ActionPage, Empty, FilterField, ListSpec, Needs, opening
from ims_desktop.ui.theme import Tone


def _tone(row: TraceRow) -> Tone:
    return Tone.OK if row.quantity > 0 else Tone.PLAIN


COLUMNS = (
    Column(
        "way", "Way", Kind.CHIP, 112, chips=WAYS,
        filter=Choices(tuple(Choice(key, chip.text) for key, chip in WAYS.items())),
    ),
    Column("effective_at", "When", Kind.DATETIME, 130),
    Column(
        "kind", "What", Kind.CHIP, 116, chips={key: Chip(title) for key, title in KINDS.items()},
        filter=Choices(tuple(Choice(key, title) for key, title in KINDS.items())),
    ),
    Column("item", "Item", Kind.TITLE, 160, sub="code", sub_title="Lot", stretch=True),
    Column("quantity", "Quantity", Kind.QUANTITY, 132, unit="unit", places="decimals", signed=True, tone=_tone),
    Column("who", "From or to", Kind.TITLE, 140, sub="reference", sub_title="Reference", stretch=True),
    Column("dishes", "Sold as", width=170, stretch=True),
    Column("site", "Site", width=96),
    Column("location", "Location", width=100, hidden=True),
    Column("document", "Document", width=84, derived=True, hidden=True),
    Column("reference", "Reference", width=120, hidden=True),
)  # fmt: skip


def _subtitle(summary: Summary, _formats: Formats) -> Words:
    return say_count("{count} movement on its way", "{count:,} movements on its way", summary.count)


def _open(page: ActionPage, rows: tuple[TraceRow, ...]) -> None:
    order, movement = rows[0].order_id, rows[0].movement_id
    page.desk.navigation.open(*(("orders", order) if order else ("movements", movement)))


SPEC = ListSpec(
    key="lot_trace",
    title="Way of a lot",
    noun=("movement", "movements"),
    columns=COLUMNS,
    filters_by_kind=False,
    read=service.trace,
    summary=service.trace_summary,
    subjects=frozenset({"stock", "lots", "orders"}),
    subtitle=_subtitle,
    filters=(FilterField("lot", "Lot", Choices(), offered=False, about=True),),
    actions=(Action("Open document", _open, icon="file-text", needs=Needs.ONE),),
    empty=Empty(
        "Choose a lot", "Its way is followed from the list of lots.", opening("Lots", "lots", "stock.view", "barcode")
    ),
)


class TracePage(ListPage):
    """Carries the name of its lot."""

    def show_filters(self, filters: tuple[Filter, ...]) -> None:
        """Show the way of another lot."""
        super().show_filters(filters)
        lot = next((chip.values[0] for chip in filters if chip.key == "lot" and chip.test is Match.IN), None)
        if lot is not None:
            self.desk.start(self, self._name, service.lot_name, lot, replace="name")

    def _name(self, names: tuple[str, str]) -> None:
        code, item = names
        if code:
            self.body.header.title.say(said(say("Way of lot {code} · {item}", code=code, item=item)))


def build_trace(desk: Desk) -> QWidget:
    """The page of the way of a lot."""
    return TracePage(desk, SPEC)
