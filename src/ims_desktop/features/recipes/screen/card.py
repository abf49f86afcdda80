"""A recipe for some portions: on the screen, and on paper for the kitchen."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from PySide6.QtWidgets import QLineEdit, QVBoxLayout

from ims_desktop.domain.errors import UserError
from ims_desktop.domain.wording import say
from ims_desktop.features.items.service import ALLERGENS
from ims_desktop.features.recipes import service
from ims_desktop.features.recipes.rules import plain
from ims_desktop.ui.controls import Button, Label, bind, clear_layout, column, label, line, row, scrolling
from ims_desktop.ui.desk import Desk
from ims_desktop.ui.formats import Formats
from ims_desktop.ui.language import said
from ims_desktop.ui.print_preview import preview
from ims_desktop.ui.printout import PrintColumn, Printout, PrintTable
from ims_desktop.ui.shown import as_of_on_paper
from ims_desktop.ui.side_area import SidePanel

WIDTH = 440
MOST = Decimal(1_000_000)
SMALL = Decimal(10)


def scaled(recipe: service.Recipe, wanted: Decimal) -> tuple[tuple[service.Ingredient, Decimal], ...]:
    """The lines of the recipe itself with what they take for so many of its yield."""
    factor = wanted / (recipe.yield_quantity or Decimal(1))
    return tuple((part, part.quantity * factor) for part in recipe.ingredients if part.depth == 0)


def kitchen_number(quantity: Decimal) -> str:
    """A figure that can be weighed: three decimals below ten, one above."""
    return plain(round(quantity, 3 if abs(quantity) < SMALL else 1))


def recipe_card(recipe: service.Recipe, wanted: Decimal, formats: Formats, about: Mapping[str, str]) -> Printout:
    """The recipe on paper."""
    lines = tuple(
        (
            part.name,
            f"{kitchen_number(quantity)} {part.unit}",
            "" if part.yield_percent == 100 else f"{plain(part.yield_percent)}%",
        )
        for part, quantity in scaled(recipe, wanted)
    )
    columns = (PrintColumn("Ingredient", stretch=True), PrintColumn("Quantity", right=True), PrintColumn("Yield", True))
    allergens = ", ".join(said(ALLERGENS.get(code, code)) for code in recipe.allergens) or said(say("None noted"))
    tables = [PrintTable(columns, lines, title="Ingredients")]
    steps = tuple((step,) for step in recipe.method.splitlines() if step.strip())
    if steps:
        tables.append(PrintTable((PrintColumn("", stretch=True),), steps, title="Method"))
    figures = (("For", f"{plain(wanted)} {recipe.yield_unit}"), ("Allergens", allergens))
    since = recipe.current.valid_from if recipe.current else None
    told = tuple(about.items()) + ((("Made so since", formats.date(since)),) if since else ())
    return Printout(
        recipe.name,
        say("for {wanted} {yield_unit}", wanted=plain(wanted), yield_unit=recipe.yield_unit),
        told,
        figures,
        tuple(tables),
    )


class BatchPanel(SidePanel):
    """What so many portions take, as somebody types how many."""

    wanted_width = WIDTH

    def __init__(self, desk: Desk, recipe: service.Recipe) -> None:
        super().__init__()
        self._desk, self._recipe = desk, recipe
        self._wanted = recipe.yield_quantity or Decimal(1)
        self.setAccessibleName(self.tr("Batch of {recipe}").format(recipe=recipe.name))
        self.number = QLineEdit(desk.formats.typed_number(self._wanted))
        self.number.setAccessibleName(self.tr("How much to make"))
        self.number.textEdited.connect(self._typed)
        self._wrong = Label("", 12, role="bad", wrap=True)
        self._wrong.hide()
        self._lines = QVBoxLayout()
        self._lines.setSpacing(0)
        self._lay_out()
        self.setFocusProxy(self.number)
        self._show()

    def _lay_out(self) -> None:
        close = Button("", "ghost", "x", name=self.tr("Close (Esc)"))
        close.clicked.connect(self.closed)
        head = row(label(self._recipe.name, 16, 600), None, close, margins=(20, 12, 12, 4))
        self.number.setFixedWidth(110)
        asked = row(label(self.tr("For"), 13), self.number, label(self._recipe.yield_unit, 13, role="muted"), None)
        asked.setContentsMargins(20, 8, 20, 4)
        self.print_button = Button(self.tr("Print the card"), "primary", "printer")
        self.print_button.clicked.connect(self.print_card)
        bind(self, "Ctrl+P", self.print_card, words=self.tr("Print the card"))
        foot = row(None, self.print_button, margins=(20, 12, 20, 12))
        wrong = row(self._wrong, margins=(20, 0, 20, 6))
        body = scrolling(column(self._lines, None, margins=(20, 4, 20, 16)))
        self.setLayout(column(head, asked, wrong, body, line(), foot))

    def _typed(self, typed: str) -> None:
        try:
            wanted = self._desk.formats.parse_number(typed)
        except UserError as error:
            self._say(error.text)
            return
        if not 0 < wanted <= MOST:
            self._say(self.tr("This must be more than 0, and not absurdly large."))
            return
        self._say("")
        self._wanted = wanted
        self._show()

    def _say(self, words: str) -> None:
        self._wrong.say(words)
        self._wrong.setVisible(bool(words))
        self.print_button.setEnabled(not words)

    def _show(self) -> None:
        clear_layout(self._lines)
        for part, quantity in scaled(self._recipe, self._wanted):
            amount = label(f"{kitchen_number(quantity)} {part.unit}", 13, 600)
            self._lines.addLayout(row(label(part.name, 13), None, amount, margins=(0, 9, 0, 9)))
            self._lines.addWidget(line())

    def print_card(self) -> None:
        """Show how the card will look on paper."""
        desk = self._desk
        about = {"Site": desk.site_name, "Person": desk.person.name, "As of": as_of_on_paper(desk.formats)}
        preview(recipe_card(self._recipe, self._wanted, desk.formats, about), desk.formats, self)


def open_batch(page: Any, recipe: service.Recipe) -> None:
    """Show what a batch takes."""
    page.open_panel(BatchPanel(page.desk, recipe))
