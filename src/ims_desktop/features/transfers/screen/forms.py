"""The forms of a transfer: sending and moving by keyboard, receiving what was sent, taking it back with a reason."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import partial
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from ims_desktop.domain.business_calendar import instant_of
from ims_desktop.domain.errors import Problem, UserError
from ims_desktop.domain.quantity import Limits, read_quantity
from ims_desktop.domain.wording import Words, meant, say
from ims_desktop.domain.work import read
from ims_desktop.features.items.rules import places
from ims_desktop.features.transfers import service
from ims_desktop.features.transfers.rules import Arrival, LotArrived, Receipt, Rest, Sending, SentLine, taken
from ims_desktop.features.transfers.screen.lot_cells import arrived, lots_of, proposed, read_lots
from ims_desktop.features.transfers.service import Sendable, TakingBack, Transfer, TransferLine
from ims_desktop.ui.choices import Choice, Choices
from ims_desktop.ui.desk import Desk
from ims_desktop.ui.entry import EntryColumn, EntryKind, EntrySpec, Line, Measured, Remark, Shown
from ims_desktop.ui.fields import Field, FieldKind, Group
from ims_desktop.ui.form import FormSpec
from ims_desktop.ui.formats import Formats
from ims_desktop.ui.theme import Tone

SEND, RECEIVE = "transfers.send", "transfers.receive"
TO, HOME = meant("To", "place"), meant("Home", "place")
RESTS = Choices(
    (Choice(Rest.STAYS, "Still under way"), Choice(Rest.MISSING, "Missing"), Choice(Rest.BACK, "Goes back"))
)
NOTE = Field("note", "Note", max_length=1000)
WHEN = (
    Field("day", "Day", FieldKind.DATE, half=True, help="For paper that comes late; empty: now."),
    Field("time", "Time", FieldKind.TIME, half=True),
)
WHY = Field("reason", "Why", required=True, max_length=1000)


def _offered(use_case: Any, *args: Any) -> Choices:
    @read
    def load(connection: Any) -> tuple[Choice, ...]:
        return tuple(Choice(option.value, option.text) for option in use_case(connection, *args))

    return Choices(load=load)


SITES = _offered(service.receiving_sites)


def _sendable(site: UUID, formats: Formats) -> Choices:
    @read
    def search(connection: Any, typed: str) -> tuple[Choice, ...]:
        found: tuple[Sendable, ...] = service.sendable(connection, site, typed)
        return tuple(Choice(one, one.item.name, f"{one.item.sku} · {_held(one, formats)}") for one in found)

    return Choices(search=search)


def _held(one: Sendable, formats: Formats) -> str:
    unit = one.item.base_unit
    return f"{formats.number(one.on_hand, places(unit, one.on_hand))} {unit}"


def _item(line: Line) -> Sendable | None:
    chosen = line.get("item")
    return chosen.value if isinstance(chosen, Choice) else None


def entry_spec(site: UUID, to_places: bool, desk: Desk) -> EntrySpec:
    """The table of what leaves a site, or of what is moved inside it."""

    def measure(typed: str, line: Line) -> Measured:
        one = _item(line)
        if one is None:
            return Measured(typed, problem="Choose the item first.")
        try:
            entered = read_quantity(
                typed, one.item.units, cell_unit=one.item.unit, decimal_sign=desk.formats.decimal_sign,
                limits=Limits(), field="quantity",
            )  # fmt: skip
        except UserError as error:
            return Measured(typed, problem=error.text)
        if entered.quantity == 0:
            return Measured(typed, problem="Type how much it is.")
        return Measured(typed, entered.quantity)

    def there(line: Line) -> Shown:
        one = _item(line)
        if one is None:
            return Shown("")
        unit = one.item.base_unit
        return Shown(desk.formats.number(one.on_hand, places(unit, one.on_hand)), unit)

    def lots(typed: str, line: Line) -> Measured:
        return read_lots(typed, _item(line), line.get("location"), desk.formats)

    kept = _offered(service.places_of, site)
    columns = (
        EntryColumn(
            "item", "Item", EntryKind.LOOKUP, 200, "Type a name, SKU, or scan", required=True, stretch=True,
            choices=_sendable(site, desk.formats),
        ),
        EntryColumn("quantity", "Quantity", EntryKind.MEASURE, 110, "2 case", required=True, parse=measure),
        EntryColumn("lot", "Lot", EntryKind.MEASURE, 104, "First out", parse=lots),
        EntryColumn("there", "On hand", EntryKind.SHOWN, 134, show=there, right=True),
        EntryColumn("location", "From", EntryKind.CHOICE, 140, HOME, required=True, choices=kept),
        *((EntryColumn("to", TO, EntryKind.CHOICE, 140, "Place", required=True, choices=kept),) if to_places else ()),
    )  # fmt: skip
    return EntrySpec(columns, chosen=_follows, remark=_remark, name="What is moved" if to_places else "What is sent")


def _follows(key: str, line: Line) -> Mapping[str, Any]:
    one = _item(line)
    if one is None or key not in ("item", "location"):
        return {}
    place = one.home_id if key == "item" else line.get("location")
    here = {lot.code for lot in one.lots if lot.location_id == place}
    stays = bool(lots_of(line.get("lot"))) and all(lot.code in here for lot in lots_of(line.get("lot")))
    follows = {} if stays else proposed(one, place)
    return {**({"location": place} if key == "item" and place is not None else {}), **follows}


def _remark(line: Line) -> Remark | None:
    one, typed = _item(line), line.get("quantity")
    if one is None or not isinstance(typed, Measured) or typed.value is None or typed.value <= one.on_hand:
        return None
    return Remark("More than there is", Tone.WARN)


def _lines(values: Mapping[str, Any]) -> tuple[SentLine, ...]:
    return tuple(
        SentLine(
            one.id, line.get("location"), line["quantity"].value, line.get("to"),
            lots=taken(lots_of(line.get("lot")), line["quantity"].value, one.lots, line.get("location")),
        )
        for line in values["lines"]
        if (one := _item(line)) is not None
    )  # fmt: skip


def _moment(values: Mapping[str, Any], zone: ZoneInfo) -> datetime | None:
    """When it happened on the clock of the site; None: now."""
    day, hour = values.get("day"), values.get("time")
    if day is None and hour is None:
        return None
    if day is None or hour is None:
        lacks = Problem("Enter the day as well.", "day") if day is None else Problem("Enter the time as well.", "time")
        raise UserError("A late entry needs its day and its time.", [lacks])
    return instant_of(datetime.combine(day, hour), zone)


def _sending(site: UUID, zone: ZoneInfo, values: Mapping[str, Any], _initial: Any) -> Sending:
    return Sending(
        uuid4(), site, values.get("to_site_id"), _lines(values), values.get("reference") or "", values["note"] or "",
        _moment(values, zone),
    )  # fmt: skip


def _posted(posted: Any) -> Words:
    return say("Saved as document #{number}", number=posted.number)


def send_form(site: UUID, site_name: str, zone: ZoneInfo) -> FormSpec:
    """The form of a transfer that leaves a site."""
    return FormSpec(
        title="New transfer",
        subtitle=say("It leaves {site}, and is under way until the other site says what arrived.", site=site_name),
        groups=(
            Group(
                "Where to",
                (
                    Field("to_site_id", TO, FieldKind.CHOICE, required=True, half=True, choices=SITES),
                    Field("reference", "Reference", max_length=200, half=True, placeholder="Van, driver, paper"),
                    *WHEN,
                ),
            ),
            Group("What is sent", (Field("lines", "", FieldKind.ENTRY, entry=partial(entry_spec, site, False)),)),
            NOTE,
        ),
        save=service.send,
        build=partial(_sending, site, zone),
        save_title="Send",
        said=lambda posted: say("Transfer #{number} is under way", number=posted.number),
        permission=SEND,
        width=900,
    )  # fmt: skip


def move_form(site: UUID, site_name: str, zone: ZoneInfo) -> FormSpec:
    """The form of a move between storage locations."""
    return FormSpec(
        title="Move between places",
        subtitle=say("At {site}, in one step; it changes no value.", site=site_name),
        groups=(
            Group("What is moved", (Field("lines", "", FieldKind.ENTRY, entry=partial(entry_spec, site, True)),)),
            NOTE,
        ),
        save=service.move,
        build=partial(_sending, site, zone),
        save_title="Move",
        said=_posted,
        permission=SEND,
        lines_a_row=2,
        width=900,
    )


@dataclass(frozen=True, slots=True)
class ArrivalRow:
    """A line of the form of a receipt, or one lot of it, filled in with what was sent."""

    line_id: int
    name: str
    sent: str
    quantity: Decimal
    location: UUID | None
    rest: Rest = Rest.STAYS
    reason: UUID | None = None
    lot: str = ""
    sent_lot: str | None = None


@dataclass(frozen=True, slots=True)
class Receiving:
    """What the form of a receipt begins with."""

    transfer_id: UUID
    lines: tuple[ArrivalRow, ...]
    note: str = ""


def receiving(transfer: Transfer, formats: Formats, *, reject: bool = False) -> Receiving:
    """The form of what is still under way: all of it arrived, or none and it goes back."""
    return Receiving(
        transfer.row.id,
        tuple(
            ArrivalRow(
                line.id, line.item, f"{formats.number(under_way, places(line.unit, under_way))} {line.unit}",
                Decimal(0) if reject else under_way, line.home_id, Rest.BACK if reject else Rest.STAYS,
                lot=code or "", sent_lot=code,
            )
            for line in transfer.lines
            for code, under_way in _by_lot(line)
        ),
    )  # fmt: skip


def _by_lot(line: TransferLine) -> Sequence[tuple[str | None, Decimal]]:
    """What is still under way of a line lot by lot, and then what is of none."""
    lots = [(lot.code, lot.under_way) for lot in line.lots if lot.under_way > 0]
    loose = line.under_way - sum((held for _, held in lots), Decimal(0))
    return [*lots, *([(None, loose)] if loose > 0 else [])]


def _receipt(zone: ZoneInfo, formats: Formats, values: Mapping[str, Any], begun: Receiving) -> Receipt:
    several = Counter(row["origin"].line_id for row in values["lines"] if isinstance(row.get("origin"), ArrivalRow))
    arrivals = tuple(
        Arrival(
            origin.line_id, row["quantity"], row["location"], Rest(row["rest"]), row["reason"],
            arrived(row.get("lot"), origin.sent_lot, formats)
            or (LotArrived(None) if several[origin.line_id] > 1 else None),
        )
        for row in values["lines"]
        if isinstance(origin := row.get("origin"), ArrivalRow)
    )  # fmt: skip
    return Receipt(uuid4(), begun.transfer_id, arrivals, values["note"] or "", _moment(values, zone))


def receive_form(transfer: Transfer, zone: ZoneInfo, formats: Formats) -> FormSpec:
    """The form of a receipt; with lots where something is kept by them."""
    by_lots = any(line.tracks_lots for line in transfer.lines)
    kept = _offered(service.places_of, transfer.row.to_site_id)
    columns = (
        Field("name", "Item", FieldKind.SHOWN),
        *((Field("lot", "Lot", max_length=60, width=110),) if by_lots else ()),
        Field("sent", "Under way", FieldKind.SHOWN, width=96),
        Field("quantity", "Arrived", FieldKind.QUANTITY, width=96),
        Field("location", "Into", FieldKind.CHOICE, choices=kept, width=140),
        Field("rest", "The rest", FieldKind.CHOICE, choices=RESTS, width=140),
        Field("reason", "Reason", FieldKind.CHOICE, choices=_offered(service.reasons), width=150),
    )  # fmt: skip
    return FormSpec(
        title="Receive",
        subtitle="What is missing is written off at what it left with; what goes back is in the sender's stock again.",
        groups=(
            Group("What arrived", (Field("lines", "", FieldKind.ROWS, fixed=True, columns=columns),)),
            Group("When", WHEN),
            NOTE,
        ),
        save=service.receive,
        build=partial(_receipt, zone, formats),
        save_title="Receive",
        said=_posted,
        permission=RECEIVE,
        width=940 if by_lots else 860,
    )


def _taking_back(of: UUID, values: Mapping[str, Any], _initial: Any) -> TakingBack:
    return TakingBack(uuid4(), of, values["reason"])


def undo_form(title: Words, subtitle: Words, save: Callable[..., Any], of: UUID) -> FormSpec:
    """The form of something that is taken back with a reason."""
    return FormSpec(
        title,
        (WHY,),
        save,
        partial(_taking_back, of),
        subtitle=subtitle,
        save_title="Take back",
        said=_posted,
        width=340,
    )
