"""The panel in which one item is made of two: which stays, what goes over, and what cannot be taken back."""

from collections.abc import Iterator
from functools import partial
from typing import Any
from uuid import UUID

from PySide6.QtWidgets import QVBoxLayout

from ims_desktop.domain.errors import UserError
from ims_desktop.domain.wording import sentences
from ims_desktop.features.items import service
from ims_desktop.features.items.service.merging import ADD, KEEP, TAKE, Merged
from ims_desktop.ui.busy_line import BusyLine
from ims_desktop.ui.choices import Choice, Choices
from ims_desktop.ui.controls import Button, clear_layout, column, label, line, row, scrolling
from ims_desktop.ui.desk import Desk
from ims_desktop.ui.detail import Line, Related
from ims_desktop.ui.detail_panel import related_block
from ims_desktop.ui.inputs import Segmented
from ims_desktop.ui.language import counted, said
from ims_desktop.ui.lookup import Lookup
from ims_desktop.ui.notes import NoteBox
from ims_desktop.ui.side_area import SidePanel
from ims_desktop.ui.theme import Tone

RIGHT = "items.merge"


def _found(connection: Any, words: str) -> list[Choice]:
    return [Choice(one.id, one.name, one.sku) for one in service.item_choices(connection, words)]


_found.lane, _found.autocommit = service.item_choices.lane, True  # type: ignore[attr-defined]


class MergePanel(SidePanel):
    """Begins with the item that goes, perhaps with the one that stays."""

    wanted_width = 460

    def __init__(self, desk: Desk, loser: UUID, winner: UUID | None = None) -> None:
        super().__init__()
        self._desk, self._loser, self._winner = desk, loser, winner
        self._choices: dict[UUID, Segmented] = {}
        self.preview: service.MergePreview | None = None
        self.setAccessibleName(self.tr("Merge items"))
        close = Button("", "ghost", "x", name=self.tr("Close (Esc)"))
        close.clicked.connect(self.closed)
        self.winner = Lookup(
            desk, Choices(search=_found), hint=self.tr("Name, SKU or barcode"), name=self.tr("Item that stays")
        )
        self.winner.chosen.connect(lambda choice: self._look(self._loser, choice.value))
        swap = Button(self.tr("The other way round"), "small", "swap")
        swap.clicked.connect(self.swap)
        self._content = QVBoxLayout()
        self.merge_button = Button(self.tr("Merge"), "primary", "arrows-in")
        self.merge_button.clicked.connect(self.merge)
        self.merge_button.refuse(self.tr("Choose the item that stays."))
        cancel = Button(self.tr("Cancel"))
        cancel.clicked.connect(self.closed)
        find = column(label(self.tr("Into"), 12, 500, "sub"), 4, row(self.winner, swap), margins=(20, 0, 20, 8))
        body = scrolling(column(self._content, None, margins=(20, 0, 20, 12)))
        head = row(label(self.tr("Merge items"), 16, 600), None, close, margins=(20, 12, 12, 4))
        self.setLayout(column(head, find, body, line(), row(None, cancel, self.merge_button, margins=(20, 12, 20, 12))))
        self.busy = BusyLine(self)
        self.setFocusProxy(self.winner)
        if winner is not None:
            self._look(loser, winner)

    def swap(self) -> None:
        """The one that stays goes, and the other way round."""
        if self._winner is not None:
            self._look(self._winner, self._loser)

    def _look(self, loser: UUID, winner: UUID) -> None:
        self._loser, self._winner = loser, winner
        self.busy.begin()
        self._desk.start(self, self._show, service.merge_preview, loser, winner, failed=self._failed, replace="merge")

    def _failed(self, error: Exception) -> None:
        self.busy.end()
        clear_layout(self._content)
        says = (
            [error.text, *(problem.text for problem in error.problems)]
            if isinstance(error, UserError)
            else [str(error)]
        )
        self._content.addWidget(NoteBox(sentences(dict.fromkeys(says)), Tone.BAD))

    def _show(self, preview: service.MergePreview) -> None:
        self.busy.end()
        self.preview = preview
        self.winner.choose(Choice(preview.winner.id, preview.winner.name))
        clear_layout(self._content)
        self._choices = {}
        words = self.tr("{loser} ({sku}) goes; {winner} ({other}) stays.").format(
            loser=preview.loser.name, sku=preview.loser.sku, winner=preview.winner.name, other=preview.winner.sku
        )
        self._content.addWidget(label(words, 13, 500, wrap=True))
        for problem in preview.problems:
            self._content.addSpacing(8)
            self._content.addWidget(NoteBox(problem, Tone.BAD))
        for related in self._parts(preview):
            self._content.addSpacing(12)
            self._content.addLayout(related_block(self._desk, related))
        self._offer_choices(preview)
        self._content.addSpacing(12)
        final = self.tr(
            "This is not taken back: recipes and suppliers will name {winner}. {loser} stays in the archive, "
            "its movements stay as they were and are shown with those of {winner}."
        )
        self._content.addWidget(NoteBox(final.format(winner=preview.winner.name, loser=preview.loser.name), Tone.WARN))
        self.merge_button.refuse(preview.problems[0] if preview.problems else None)

    def _parts(self, preview: service.MergePreview) -> Iterator[Related]:
        formats, one, other = self._desk.formats, preview.loser, preview.winner
        stock = tuple(
            Line(
                at.site,
                "" if at.value is None else f"{formats.money(at.value)} {at.currency}",
                f"{formats.typed_number(at.quantity)} {one.base_unit} → "
                f"{formats.typed_number(at.becomes)} {other.base_unit}",
            )
            for at in preview.stock
        )
        yield Related(self.tr("Stock that is repacked at its value"), stock, empty=self.tr("Nothing is on hand."))
        over = [
            (self.tr("Recipes"), preview.recipes),
            (self.tr("Suppliers' packs"), preview.suppliers),
            (self.tr("Barcodes"), len(one.barcodes)),
            (self.tr("Packs"), len(one.packs)),
        ]
        yield Related(self.tr("Goes over"), tuple(Line(title, value=counted(count)) for title, count in over))
        if preview.renamed:
            lines = tuple(Line(pack.was, self.tr("means something else there"), pack.name) for pack in preview.renamed)
            yield Related(self.tr("Packs that get another name"), lines)
        if preview.allergens:
            names = ", ".join(said(service.ALLERGENS.get(code, code)) for code in preview.allergens)
            yield Related(self.tr("Allergens that are added"), (Line(names),))

    def _offer_choices(self, preview: service.MergePreview) -> None:
        """Where both have a par, whose counts."""
        write, unit = self._desk.formats.typed_number, preview.winner.base_unit
        for wish in preview.wishes:
            options = (
                Choice(KEEP, f"{write(wish.winner)} {unit}"),
                Choice(TAKE, f"{write(wish.loser)} {unit}"),
                Choice(ADD, f"{write(wish.winner + wish.loser)} {unit}"),
            )
            title = self.tr("Par at {site}").format(site=wish.site)
            chosen = self._choices[wish.site_id] = Segmented(options, KEEP, name=title)
            self._content.addSpacing(12)
            self._content.addLayout(column(label(title, 13, 600), 6, row(chosen, None)))

    def merge(self) -> None:
        """Do it, as one transaction."""
        if self._winner is None or not self.merge_button.isEnabled():
            return
        settings = {site: chosen.value() for site, chosen in self._choices.items()}
        draft = service.MergeDraft(self._loser, self._winner, settings)
        self.merge_button.setEnabled(False)
        self.busy.begin()
        self._desk.start(self, self._merged, service.merge_items, draft, failed=self._failed)

    def _merged(self, merged: Merged) -> None:
        self.busy.end()
        words = self.tr("Merged {loser} into {winner}").format(loser=merged.loser, winner=merged.winner)
        show = partial(self._desk.navigation.open, "items", merged.winner_id)
        self._desk.messages.done(words)
        self.closed.emit()
        show()
