"""The page of PCs and keys: who can open sensitive fields, who asks, and a new key after a loss."""

from collections.abc import Mapping
from typing import Any

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from ims_desktop.domain.listing import Sort, Summary
from ims_desktop.domain.wording import Words, say
from ims_desktop.features.keys import service
from ims_desktop.ui.chips import Chip
from ims_desktop.ui.columns import Column, Kind
from ims_desktop.ui.desk import Desk
from ims_desktop.ui.detail import Detail, DetailButton, DetailSpec, Fact, Note, Section
from ims_desktop.ui.fields import Field
from ims_desktop.ui.form import FormSpec
from ims_desktop.ui.formats import UNKNOWN, Formats
from ims_desktop.ui.list_page import ListPage
from ims_desktop.ui.list_spec import Action, ActionPage, Empty, ListSpec
from ims_desktop.ui.theme import Tone

RIGHT = "people.edit"
COMMAND = "ims-admin tenant key"
STATES = {
    "holds": Chip("Can open", Tone.OK),
    "behind": Chip("Has an older key", Tone.WARN),
    "asks": Chip("Asks for the key", Tone.INFO),
    "gone": Chip("Gate is gone", Tone.BAD),
}
EXPLAINED = {
    "asks": Note(
        "This PC cannot open sensitive fields yet. Compare its fingerprint with the one it shows beside a locked"
        " field, by telephone if it stands elsewhere, then share the key.",
    ),
    "behind": Note("This PC missed a renewal: share the key with it again.", Tone.WARN),
    "gone": Note("The gate of this PC was taken away. Take its key away too, and renew the key.", Tone.BAD),
}

COLUMNS = (
    Column("name", "PC", Kind.TITLE, 260, sortable=True, stretch=True),
    Column("fingerprint", "Fingerprint", width=190, derived=True),
    Column("asked_at", "Asked", Kind.DATETIME, 150, sortable=True),
    Column("asked_by", "By", width=150),
    Column("state", "Key", Kind.CHIP, 150, chips=STATES, derived=True),
)


def describe(holder: service.Holder, formats: Formats) -> Detail:
    """A PC in words."""
    shared = formats.moment(holder.shared_at) if holder.shared_at else UNKNOWN
    return Detail(
        title=holder.name,
        chips=(STATES[holder.state],),
        line="Opens everything if every PC is lost" if holder.id == service.RECOVERY else "",
        notes=(EXPLAINED[holder.state],) if holder.state in EXPLAINED else (),
        facts=(
            Fact("Fingerprint", holder.fingerprint, "the first letters of the hash of its public key", wide=True),
            Fact("Asked", formats.moment(holder.asked_at), holder.asked_by),
            Fact("Got the key", shared, holder.shared_by if holder.shared_at else ""),
        ),
    )


def _share(page: ActionPage, holder: service.Holder) -> None:
    def shared(name: str) -> None:
        page.desk.messages.done(say("{name} can now open sensitive fields", name=name))

    page.start(shared, service.share_key, holder)


def _withdraw(page: ActionPage, holder: service.Holder) -> None:
    def withdrawn(name: str) -> None:
        page.desk.messages.done(say("{name} no longer has the key", name=name))

    page.start(withdrawn, service.withdraw_key, holder)


def _renew(page: ActionPage, _rows: tuple[Any, ...]) -> None:
    """A new key, then the fields in portions, so that other changes get their turn between them."""
    moved = 0

    def go_on(_version: int) -> None:
        page.start(count, service.move_some)

    def count(more: int) -> None:
        nonlocal moved
        moved += more
        if more:
            go_on(more)
        else:
            page.desk.messages.done(say("The key is renewed; {moved} records were encrypted anew", moved=moved))

    page.start(go_on, service.renew_key)


def _code(values: Mapping[str, Any], _initial: Any) -> str:
    return str(values["code"])


UNLOCK_FORM = FormSpec(
    title="Unlock this PC",
    subtitle="With the recovery code that was printed when the group was made.",
    groups=(Field("code", "Recovery code", required=True, max_length=80, placeholder="XXXX-XXXX-…"),),
    save=service.unlock_here,
    build=_code,
    save_title="Unlock",
    said=lambda name: say("{name} can now open sensitive fields", name=name),
    permission=RIGHT,
)
UNLOCK = Action("Unlock with recovery code", lambda page, _rows: page.open_form(UNLOCK_FORM), "key", RIGHT)
RENEW = Action("Renew the key", _renew, "arrows-clockwise", RIGHT)


def _copy_command(page: ActionPage, _rows: tuple[Any, ...]) -> None:
    QGuiApplication.clipboard().setText(COMMAND)
    page.desk.messages.note("The command is on the clipboard: send it to whoever runs the server.")


def subtitle(_summary: Summary, _formats: Formats) -> Words:
    """What the key is for."""
    return "Bank details and contacts are encrypted; only PCs with the key can read them"


SPEC = ListSpec(
    key="keys",
    title="PCs and keys",
    noun=("PC", "PCs"),
    columns=COLUMNS,
    read=service.holders,
    summary=service.holders_summary,
    subjects=service.SUBJECTS,
    subtitle=subtitle,
    search_hint="Filter by name of PC",
    sort=(Sort("name"),),
    primary=UNLOCK,
    actions=(RENEW,),
    detail=DetailSpec(
        service.holder,
        describe,
        service.SUBJECTS,
        buttons=(
            DetailButton(
                "Share key",
                _share,
                "key",
                RIGHT,
                primary=True,
                show=lambda holder: holder.state in ("asks", "behind"),
            ),
            DetailButton(
                "Take away",
                _withdraw,
                "trash",
                RIGHT,
                danger=True,
                show=lambda holder: holder.id != service.RECOVERY,
            ),
        ),
    ),
    empty=Empty(
        "No key yet",
        "The operator makes the first key with ims-admin tenant key, and prints its recovery code.",
        Action("Copy the command", _copy_command, "copy"),
    ),
)


def build(desk: Desk, sections: tuple[Section, ...] = ()) -> QWidget:
    """The page of PCs and keys; it is the place where this PC asks for the key, if it has none."""
    page = ListPage(desk, SPEC.with_sections(sections))
    desk.start(page, lambda _: page.reload(), service.ask)
    return page
