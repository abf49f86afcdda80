"""What menu engineering says about a dish, under its panel on the menu."""

from typing import Any

from PySide6.QtWidgets import QWidget

from ims_desktop.features.reports.screen import words
from ims_desktop.features.reports.service import Choice, DishClass, Span, Standing, standing_of
from ims_desktop.ui.chips import Chip, ChipLabel
from ims_desktop.ui.controls import Button, clear_layout, column, label, row
from ims_desktop.ui.desk import Desk
from ims_desktop.ui.detail import Fact, Section
from ims_desktop.ui.detail_panel import facts_grid
from ims_desktop.ui.live_part import LivePart
from ims_desktop.ui.theme import Tone

REPORT, NEEDS = "menu-engineering", ("stock.cost", "sales.view")
SUBJECTS = frozenset({"orders", "menu", "stock"})
TONES = {
    DishClass.STAR: Tone.OK, DishClass.PLOWHORSE: Tone.INFO, DishClass.PUZZLE: Tone.WARN, DishClass.DOG: Tone.BAD,
}  # fmt: skip


class StandingView(LivePart):
    """The class of the dish with the figures and days of the report it comes from; reads again when they change."""

    subjects = SUBJECTS

    def __init__(self, desk: Desk, menu_item: Any, parent: QWidget) -> None:
        super().__init__(desk, parent)
        self._menu_item = menu_item
        self.read()

    def read(self) -> None:
        """Ask anew."""
        choice = Choice(REPORT, Span.TWELVE_WEEKS, self.desk.formats.today(), self.desk.site)
        self.desk.start(self, self.show_standing, standing_of, self._menu_item, choice, replace="standing")

    def show_standing(self, found: Standing | None) -> None:
        """Show the class, how it came about, and the way to the report."""
        clear_layout(self.content)
        if found is None:
            self.content.addWidget(label(self.tr("It was not sold in the last 12 weeks."), 12, role="muted"))
            return
        names = {
            DishClass.STAR: self.tr("Star"), DishClass.PLOWHORSE: self.tr("Plowhorse"),
            DishClass.PUZZLE: self.tr("Puzzle"), DishClass.DOG: self.tr("Dog"),
        }  # fmt: skip
        chip = Chip(self.tr("Cost not known"), Tone.NEUTRAL)
        if found.kind is not None:
            chip = Chip(names[found.kind], TONES[found.kind])
        report = Button(self.tr("Report"), "link")
        report.clicked.connect(lambda: self.desk.navigation.open("reports", REPORT))
        days = label(words.days(found.period, self.desk.formats), 12, role="muted", elide=True)
        head = row(ChipLabel(chip), days, report, spacing=8)
        head.setStretch(1, 1)
        self.content.addLayout(column(head, 10, facts_grid(self._facts(found))))

    def _facts(self, found: Standing) -> tuple[Fact, ...]:
        formats = words.formats_of(self.desk, found.currency)
        among = self.tr("of {category}, {dishes} dishes").format(category=found.category, dishes=found.dishes)
        average = self.tr("{average} on average").format(average=formats.money(found.average))
        units = formats.typed_number(found.units)
        return (
            Fact(
                self.tr("Sold"), units, self.tr("{share} {among}").format(share=formats.percent(found.mix), among=among)
            ),
            Fact(self.tr("One of it leaves"), formats.money(found.of_one), average),
        )


def build_standing(desk: Desk, record: Any, parent: QWidget) -> QWidget | None:
    """The section under a menu item, for those who see sales and costs."""
    return StandingView(desk, record.id, parent) if all(map(desk.may, NEEDS)) else None


MENU_SECTIONS = (Section("Menu engineering", build_standing, "reports.view"),)
