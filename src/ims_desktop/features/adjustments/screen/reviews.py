"""Entries beyond somebody's limit: what waits, who decides, and what came back."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any
from uuid import UUID

from ims_desktop.domain.listing import Filter, ListQuery, Match, Page, Summary
from ims_desktop.domain.wording import dotted, meant, say
from ims_desktop.domain.work import read
from ims_desktop.features.adjustments import service
from ims_desktop.features.adjustments.rules import plain
from ims_desktop.features.adjustments.screen.purpose import Reviewed
from ims_desktop.features.adjustments.service import Request, RequestRow, SendingBack
from ims_desktop.ui.chips import Chip
from ims_desktop.ui.columns import Column, Kind
from ims_desktop.ui.detail import Detail, DetailButton, DetailSpec, Fact, Line, Note, Related, Section
from ims_desktop.ui.fields import Field
from ims_desktop.ui.form import FormSpec
from ims_desktop.ui.formats import Formats
from ims_desktop.ui.list_spec import Empty, ListSpec, Tab
from ims_desktop.ui.theme import Tone

REVIEW = "review "  # before the key of an entry that waits, in a link to it
STATES = {
    service.WAITING: Chip("Waits", Tone.WARN),
    service.APPROVED: Chip("Approved", Tone.OK),
    service.SENT_BACK: Chip("Sent back", Tone.BAD),
    service.WITHDRAWN: Chip("Withdrawn", Tone.NEUTRAL),
}
COLUMNS = (
    Column("asked_at", "Asked", Kind.DATETIME, 128, sortable=True),
    Column("what", "What", Kind.TITLE, 220, sub="code", stretch=True, derived=True),
    Column("lines", "Lines", Kind.NUMBER, 70, derived=True),
    Column("amount", "Worth about", Kind.MONEY, 110, permission="stock.cost"),
    Column("by", "By", width=120),
    Column("effective_at", "Happened", Kind.DATETIME, 128, sortable=True),
    Column("state", meant("State", "condition"), Kind.CHIP, 104, chips=STATES),
    Column("decided_by", "Decided by", width=120),
    Column("site", "Site", width=110, hidden=True),
)


def reviews_spec(purpose: Reviewed, take_up: Callable[[Request], None], sections: tuple[Section, ...] = ()) -> ListSpec:
    """The list of one page; `take_up` puts the lines of one's own entry back into the table, `sections` stand under an
    entry."""
    kind = purpose.kind

    @read
    def requests(connection: Any, query: ListQuery) -> Page[RequestRow]:
        page: Page[RequestRow] = service.requests(connection, kind, query)
        return page

    @read
    def summary(connection: Any, query: ListQuery) -> Summary:
        found: Summary = service.requests_summary(connection, kind, query)
        return found

    @read
    def counts(connection: Any, query: ListQuery) -> Mapping[str, int]:
        found: Mapping[str, int] = service.requests_tab_counts(connection, kind, query)
        return found

    return ListSpec(
        key=f"{purpose.key}_reviews",
        title=say("{title} to review", title=purpose.title),
        noun=("entry", "entries"),
        columns=COLUMNS,
        read=requests,
        summary=summary,
        counts=counts,
        subjects=service.APPROVAL_SUBJECTS,
        search_hint="Find by who entered it",
        tabs=(
            Tab("waiting", "Waiting", (Filter("state", Match.IN, (service.WAITING,)),)),
            Tab("sent_back", "Sent back", (Filter("state", Match.IN, (service.SENT_BACK,)),)),
            Tab("all", "All"),
        ),
        detail=_detail(purpose, take_up, sections),
        empty=Empty("Nothing waits", "What is worth more than somebody may record waits here for whoever may."),
        site_bound=True,
    )


def request_key(request: Request) -> UUID:
    """What the audit log calls an entry that waits."""
    return request.row.id


def _detail(purpose: Reviewed, take_up: Callable[[Request], None], sections: tuple[Section, ...]) -> DetailSpec:
    def decides(request: Request) -> bool:
        return request.row.state == service.WAITING and not request.mine

    def takes_back(request: Request) -> bool:
        return request.row.state in (service.WAITING, service.SENT_BACK) and request.mine

    def again(page: Any, request: Request) -> None:
        page.desk.start(page, lambda _: take_up(request), service.withdraw, request.row.id, request.row.version)

    return DetailSpec(
        service.request,
        lambda request, formats: described(request, purpose, formats),
        service.APPROVAL_SUBJECTS,
        (
            DetailButton("Approve", _approve, "check", purpose.permission, primary=True, show=decides),
            DetailButton(
                "Send back", lambda page, request: page.open_form(SEND_BACK, request), "arrow-u-up-left",
                purpose.permission, show=decides,
            ),
            DetailButton("Take up again", again, "pencil-simple", purpose.permission, show=takes_back),
            DetailButton("Withdraw", _withdraw, "x", purpose.permission, show=takes_back, menu=True),
            DetailButton(
                "Movements", lambda page, request: page.desk.navigation.open(
                    "movements", filters=(Filter("posting", Match.IN, (request.row.id,)),)
                ), "arrows-left-right", "stock.view", show=lambda request: request.row.state == service.APPROVED,
            ),
        ),
        sections,
    )  # fmt: skip


def described(request: Request, purpose: Reviewed, formats: Formats) -> Detail:
    """An entry that waits, in words."""
    row = request.row
    facts = [
        Fact("Happened", formats.moment(row.effective_at), wide=True),
        Fact("Entered", f"{formats.moment(row.asked_at)} · {row.by}", wide=True),
    ]
    if row.amount is not None:
        facts.insert(0, Fact("Worth about", f"{formats.money(row.amount)} {request.currency}", "as it was entered"))
    facts += [Fact(*fact, wide=True) for fact in _of_production(request, formats)]
    if row.decided_by and row.decided_at:
        facts.append(Fact("Decided", f"{formats.moment(row.decided_at)} · {row.decided_by}", wide=True))
    notes = (Note(say("Sent back: {reason}", reason=row.reason), Tone.BAD),) if row.reason else ()
    lines = tuple(
        Line(
            line.name,
            dotted(line.reason, line.location, line.note),
            f"{_shown(line.quantity, purpose)} {line.unit}",
        )
        for line in request.lines
    )
    return Detail(
        title=say("{title} #{number}", title=purpose.title, number=row.number),
        chips=(STATES[row.state],),
        line=row.site,
        notes=notes,
        facts=tuple(facts),
        related=(Related("Lines", lines),),
    )


def _of_production(request: Request, formats: Formats) -> list[tuple[str, str]]:
    """What is said of a production beside its lines."""
    labour = sum((line.value for line in request.document.lines if line.value is not None), Decimal(0))
    said = [("Recipe", request.recipe), ("Why less came out", request.loss)]
    if labour:
        said.append(("Labour", f"{formats.money(labour)} {request.currency}"))
    return [(title, words) for title, words in said if words]


def _shown(quantity: Decimal, purpose: Reviewed) -> str:
    return plain(quantity if purpose.signed else -quantity)


def _approve(page: Any, request: Request) -> None:
    def done(number: int) -> None:
        page.desk.messages.done(say("Approved and recorded as document #{number}", number=number))

    page.desk.start(page, done, service.approve, request.row.id, request.row.version)


def _withdraw(page: Any, request: Request) -> None:
    page.desk.start(
        page, lambda _: page.desk.messages.done(say("Withdrawn")), service.withdraw, request.row.id, request.row.version
    )


def _sending_back(values: Mapping[str, Any], request: Request) -> SendingBack:
    return SendingBack(request.row.id, request.row.version, values["reason"])


SEND_BACK = FormSpec(
    title="Send back",
    subtitle="Whoever entered it is told, and can put it right.",
    groups=(Field("reason", "Why", required=True, max_length=1000),),
    save=service.send_back,
    build=_sending_back,
    save_title="Send back",
    said=lambda _: say("Sent back"),
)
