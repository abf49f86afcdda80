"""The panel beside the preview: everything that is wrong, grouped and counted, and what the import will do."""

from dataclasses import replace
from decimal import Decimal

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QFrame, QVBoxLayout

from ims_desktop.domain.wording import Words, say, say_count, sentences
from ims_desktop.features.sales.rules import Choices, Kind, Preview, ProblemGroup, Totals, Weight
from ims_desktop.features.sales.screen.import_unknown import UnknownProducts
from ims_desktop.features.sales.service import Checked
from ims_desktop.ui.controls import Button, Picture, clear_layout, column, label, line, row, scrolling, set_property
from ims_desktop.ui.desk import Desk
from ims_desktop.ui.formats import Formats
from ims_desktop.ui.inputs import Check
from ims_desktop.ui.language import counted, said
from ims_desktop.ui.notes import NoteBox
from ims_desktop.ui.theme import Tone

WIDTH = 330
IMPORTED, HELD_BACK = say("Revenue imported"), say("Held back")
HEADS = {
    Weight.ANSWER: ("warning", "warn"),
    Weight.HELD: ("prohibit", "bad"),
    Weight.KEPT: ("tray", "primary"),
    Weight.NOTE: ("info", "info"),
}
# What the person may say about a whole kind of problem instead of looking at its lines.
WAYS_OUT = {
    Kind.REPEATED_LINE: (say("They are separate sales"), {"repeats_are_sales": True}),
    Kind.TWO_DAYS: (say("Numbers begin again every day"), {"numbers_restart_daily": True}),
}


class GroupRow(QFrame):
    """One kind of problem; a click or Enter leads to its next line."""

    opened = Signal(object)  # ProblemGroup

    def __init__(self, group: ProblemGroup) -> None:
        super().__init__()
        self.group = group
        self.setObjectName("tile")
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        words = column(
            label(group.kind.title, 13, 500, elide=True), label(group.detail, 11, role="muted", elide=True), spacing=1
        )
        count = label(counted(len(group.places)), 13, 600, tabular=True)
        whole = row(words, count, Picture("caret-right", "muted", 12), margins=(10, 7, 8, 7))
        whole.setStretch(0, 1)
        self.setLayout(whole)
        self.setToolTip(said(group.detail))
        self.setAccessibleName(f"{said(group.kind.title)}: {counted(len(group.places))}")

    def light(self, on: bool) -> None:
        """Mark the kind that is looked at."""
        set_property(self, "on", "true" if on else "false")

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A click opens."""
        super().mouseReleaseEvent(event)
        self.opened.emit(self.group)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter opens."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.opened.emit(self.group)
        else:
            super().keyPressEvent(event)


class ProblemsPanel(QFrame):
    """`opened`: go to the next line of a kind; `answered`: new Choices; `meant`: what a product of the till is;
    `wanted`: import; `cancelled`: another file.
    """

    opened = Signal(object)
    answered = Signal(object)
    meant = Signal(object, object)  # an UnmappedLine, and the key of the menu item it means
    wanted = Signal()
    cancelled = Signal()

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self.setObjectName("panel")
        self.setFixedWidth(WIDTH)
        self.rows: list[GroupRow] = []
        self._checked: Checked | None = None
        self._kinds = label("", 12, role="muted")
        self._content = QVBoxLayout()
        self._content.setSpacing(6)
        self.accept = Check("", name=self.tr("Leave out the lines that are held back"))
        self.accept.toggled.connect(lambda _: self._weigh())
        self._why = QVBoxLayout()
        self.cancel = Button(self.tr("Cancel"))
        self.go = Button(self.tr("Import"), "primary")
        self.cancel.clicked.connect(self.cancelled)
        self.go.clicked.connect(self.wanted)
        head = row(label(self.tr("Problems"), 16, 600), None, self._kinds, margins=(20, 18, 20, 8))
        buttons = row(self.cancel, self.go)
        buttons.setStretch(1, 1)
        foot = column(self.accept, self._why, 4, buttons, spacing=8, margins=(20, 10, 20, 16))
        self.setLayout(column(head, scrolling(column(self._content, None, margins=(20, 0, 20, 8))), line(), foot))

    def show_file(self, checked: Checked, formats: Formats) -> None:
        """Show the problems of a file and what importing it would do."""
        before = self._checked
        self._checked = checked
        clear_layout(self._content)
        self.rows = []
        problems = checked.preview.problems
        self._kinds.say(say_count("{count} kind", "{count} kinds", len(problems)) if problems else self.tr("none"))
        for weight in Weight:
            self._show_weight(weight, [group for group in problems if group.kind.weight is weight])
        self._content.addSpacing(6)
        self._content.addLayout(_outcome(checked.preview, formats))
        held = checked.preview.totals.held
        self.accept.setVisible(held > 0)
        self.accept.setText(self.tr("Leave the {count} held-back lines out").format(count=counted(held)))
        if before is None or before.preview.totals.held != held:
            self.accept.setChecked(False)
        self._weigh()

    def light(self, kind: Kind | None) -> None:
        """Mark the kind that is looked at."""
        for one in self.rows:
            one.light(one.group.kind is kind)

    def _show_weight(self, weight: Weight, groups: list[ProblemGroup]) -> None:
        if not groups:
            return
        icon, role = HEADS[weight]
        count = counted(sum(len(group.places) for group in groups))
        self._content.addLayout(
            row(Picture(icon, role), label(weight.value, 13, 600), None, label(count, 13, 600, role, tabular=True))
        )
        for group in groups:
            made = GroupRow(group)
            made.opened.connect(self.opened)
            self.rows.append(made)
            self._content.addWidget(made)
            if group.kind in WAYS_OUT:
                self._content.addLayout(row(self._way_out(group.kind), None))
        if weight is Weight.KEPT and self._checked is not None and self._checked.known.site is not None:
            unknown = UnknownProducts(self._desk, self._checked.preview.unmapped)
            unknown.meant.connect(self.meant)
            self._content.addWidget(unknown)
        self._content.addSpacing(8)

    def _way_out(self, kind: Kind) -> Button:
        words, answers = WAYS_OUT[kind]
        made = Button(words, "link")
        made.clicked.connect(lambda: self.answered.emit(self._with(answers)))
        return made

    def _with(self, answers: dict[str, bool]) -> Choices:
        choices = self._checked.file.choices if self._checked else Choices()
        return replace(choices, **answers)  # type: ignore[arg-type]

    def why_not(self) -> str | None:
        """Why the import cannot begin; None when it can."""
        if self._checked is None:
            return self.tr("Choose a file first.")
        preview = self._checked.preview
        asked = next((group for group in preview.problems if group.kind.weight is Weight.ANSWER), None)
        if asked is not None:
            return self.tr("Answer first: {question}").format(question=said(asked.kind.title))
        if not preview.orders and not preview.unmapped:
            return self.tr("No line can be imported.")
        if preview.totals.held and not self.accept.isChecked():
            return self.tr("Look at the lines held back, then tick the box.")
        return None

    def _weigh(self) -> None:
        clear_layout(self._why)
        why = self.why_not()
        if why is not None and self._checked is not None:
            self._why.addWidget(NoteBox(why, Tone.WARN))
        totals = self._checked.preview.totals if self._checked else Totals()
        count = totals.accepted + totals.kept
        waiting = totals.waiting
        self.go.say(self.tr("Import {count} lines").format(count=counted(count + waiting)))
        self.go.refuse(why)


def _outcome(preview: Preview, formats: Formats) -> QVBoxLayout:
    """What importing would do, in words and figures; unknown as long as questions are open."""
    totals = preview.totals
    block = column(line(), 10, label(say("What will happen"), 14, 600), 4, spacing=2)
    block.addWidget(label(_sentence(preview), 12, 600, wrap=True))
    block.addSpacing(4)
    figures: list[tuple[Words, Decimal | int, bool]] = [
        (IMPORTED, totals.revenue_accepted, False),
        (say("Waiting for an answer"), totals.revenue_waiting, False),
        (say("Kept until it is mapped"), totals.revenue_kept, False),
        (HELD_BACK, totals.revenue_held, False),
        (say("Left out"), totals.revenue_left_out, False),
        (say("Revenue in the file, {currency}", currency=formats.currency), totals.revenue, True),
    ]
    for title, amount, strong in figures:
        if amount or strong or title in (IMPORTED, HELD_BACK):
            block.addLayout(_figure(title, formats.money(Decimal(amount)), strong))
    block.addSpacing(8)
    block.addLayout(_figure(say("Orders"), counted(totals.orders)))
    block.addLayout(_figure(say("Business days"), counted(preview.business_days)))
    block.addLayout(_figure(say("Stock used"), say("per order and item")))
    for note in preview.notes:
        block.addSpacing(6)
        block.addWidget(label(note, 12, role="muted", wrap=True))
    return block


def _sentence(preview: Preview) -> Words:
    totals = preview.totals
    one = say_count("{count} line will be imported.", "{count:,} lines will be imported.", totals.accepted)
    waiting = say_count("{count} waits for an answer.", "{count:,} wait for an answer.", totals.waiting)
    kept = say_count("{count} is kept until it is mapped.", "{count:,} are kept until they are mapped.", totals.kept)
    held = say_count("{count} is held back.", "{count:,} are held back.", totals.held)
    left_out = say_count("{count} is left out.", "{count:,} are left out.", totals.left_out)
    more = ((totals.waiting, waiting), (totals.kept, kept), (totals.held, held), (totals.left_out, left_out))
    return sentences([one, *(sentence for count, sentence in more if count)])


def _figure(title: str, value: str, strong: bool = False) -> QVBoxLayout:
    weight, role = (600, None) if strong else (400, "sub")
    pair = row(label(title, 12, weight, role), None, label(value, 12, 600 if strong else 500, tabular=True))
    return column(*((line(),) if strong else ()), pair, spacing=2)
