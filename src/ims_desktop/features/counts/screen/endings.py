"""Ending a count: posting it, giving it up, or undoing its posting, each as a form that asks what it has to know."""

from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from ims_desktop.domain.wording import say, say_count
from ims_desktop.features.counts import service
from ims_desktop.features.counts.rules import Blanks
from ims_desktop.features.counts.service import Ending, Posting
from ims_desktop.ui.choices import Choice, Choices
from ims_desktop.ui.fields import Field, FieldKind
from ims_desktop.ui.form import FormSpec

REASON = Field("reason", "Why", FieldKind.MULTILINE, required=True, max_length=1000)


def _ending(values: Mapping[str, Any], sheet: Any) -> Ending:
    return Ending(uuid4(), sheet.id, sheet.version, values["reason"])


def _posting(values: Mapping[str, Any], begun: Any) -> Posting:
    return Posting(
        uuid4(), begun["sheet"], begun["version"], begun["seen"], Blanks(values["blanks"]) if values["blanks"] else None
    )


DISCARD = FormSpec(
    title="Discard the count",
    groups=(REASON,),
    save=service.discard,
    build=_ending,
    save_title="Discard",
    said=lambda _result: say("The count was discarded"),
    subtitle="Nothing is posted; what was entered stays to be looked at.",
    permission="counts.enter",
)
UNDO = FormSpec(
    title="Undo the posting",
    groups=(REASON,),
    save=service.undo,
    build=_ending,
    save_title="Undo",
    said=lambda _result: say("The posting was undone: the count is back in its review"),
    subtitle="Its movements are reversed by new ones. The count can be put right and posted again, or discarded.",
    permission="counts.post",
)
POST = FormSpec(
    title="Post the count",
    groups=(
        Field("lines", "Lines that differ", FieldKind.SHOWN),
        Field("value", "Worth", FieldKind.SHOWN),
        Field("blank", "Not counted", FieldKind.SHOWN),
        Field(
            "blanks",
            "What nobody counted",
            FieldKind.CHOICE,
            choices=Choices(
                (
                    Choice(Blanks.LEAVE.value, "Leave it as it is"),
                    Choice(Blanks.ZERO.value, "Count it as zero"),
                )
            ),
            enabled=lambda values: bool(values.get("blank")),
            help="Blank is not zero: nothing is decided unless you do.",
        ),
    ),
    save=service.post,
    build=_posting,
    save_title="Post",
    said=lambda posted: say_count(
        "Posted as number {number}: {count} line changed",
        "Posted as number {number}: {count} lines changed",
        posted.lines,
        number=posted.number,
    ),
    permission="counts.post",
)
