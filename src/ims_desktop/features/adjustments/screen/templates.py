"""Templates of an entry table: lines that come back again and again, such as at the close of a day."""

from functools import partial
from typing import Any
from uuid import UUID

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QMenu, QWidget

from ims_desktop.domain.wording import say
from ims_desktop.features.adjustments import service
from ims_desktop.features.adjustments.rules import LONGEST_NAME, Template, TemplateLine
from ims_desktop.features.adjustments.screen.lines import items_of_lines, line_from, template_of
from ims_desktop.features.adjustments.screen.memory import Memory
from ims_desktop.features.adjustments.screen.purpose import Purpose
from ims_desktop.ui.controls import Button
from ims_desktop.ui.desk import Desk
from ims_desktop.ui.entry_grid import EntryGrid
from ims_desktop.ui.fields import Field
from ims_desktop.ui.form import FormSpec
from ims_desktop.ui.form_panel import FormPanel


class Templates(QObject):
    """The menu of a page: put the lines of a template under what is there, or keep what is there as one."""

    wants_panel = Signal(object)  # FormPanel: the name of a new template
    applied = Signal()

    def __init__(
        self, desk: Desk, purpose: Purpose, site: UUID, grid: EntryGrid, memory: Memory, owner: QWidget
    ) -> None:
        super().__init__(owner)
        self._desk, self._purpose, self._site = desk, purpose, site
        self._grid, self._memory = grid, memory
        self._known: tuple[Template, ...] = ()
        self.button = Button(self.tr("Templates"), "small", "list-plus")
        self.button.setMenu(QMenu(self.button))
        self.button.setToolTip(self.tr("Lines that come back again and again (Ctrl+Shift+T)"))
        self.button.menu().aboutToShow.connect(self._offer)
        desk.background.changed.connect(lambda subjects: self.read() if "entry_templates" in subjects else None)
        self.read()

    def read(self) -> None:
        """Ask what there is."""
        self._desk.start(
            self, self._came, service.templates, self._purpose.kind, self._site, failed=lambda _error: None
        )

    def open(self) -> None:
        """Open the menu by the keyboard; its entries have numbers."""
        self.button.showMenu()

    def _came(self, found: tuple[Template, ...]) -> None:
        self._known = found

    def _offer(self) -> None:
        menu = self.button.menu()
        menu.clear()
        for number, template in enumerate(self._known, 1):
            words = template.name.replace("&", "&&")
            menu.addAction(f"&{number}  {words}" if number < 10 else words, partial(self.apply, template))
        if not self._known:
            menu.addAction(self.tr("None yet: enter lines, then keep them")).setEnabled(False)
        menu.addSeparator()
        kept = template_of(self._grid.begun())
        keep = menu.addAction(self.tr("&Keep these lines as a template …"), partial(self._name, kept))
        keep.setEnabled(bool(kept))
        if self._known:
            gone = menu.addMenu(self.tr("Take away"))
            for template in self._known:
                gone.addAction(template.name.replace("&", "&&"), partial(self._remove, template))

    def apply(self, template: Template) -> None:
        """Put the lines of a template under those that were begun."""

        def found(items: Any) -> None:
            by_key = {item.id: item for item in items}
            formats = self._desk.formats
            made = [line_from(line, by_key.get(line.item_id), self._purpose, formats) for line in template.lines]
            self._grid.table.commit()
            self._grid.fill([*self._grid.begun(), *made])
            self.applied.emit()

        wanted = tuple(line.item_id for line in template.lines)
        self._desk.start(self, found, items_of_lines(self._site, self._memory), wanted)

    def _name(self, lines: tuple[TemplateLine, ...]) -> None:
        def save(connection: Any, name: str) -> Any:
            return service.save_template(connection, self._purpose.kind, self._site, name, lines)

        form = FormSpec(
            title="Keep as a template",
            subtitle="A template that has this name already is replaced.",
            groups=(Field("name", "Name", required=True, max_length=LONGEST_NAME, placeholder="Close of day"),),
            save=save,
            build=lambda values, _initial: values["name"],
            said=lambda name: say("Kept as {name}", name=name),
        )
        self.wants_panel.emit(FormPanel(self._desk, form))

    def _remove(self, template: Template) -> None:
        def again() -> None:
            self._desk.start(
                self, lambda _name: None, service.save_template, self._purpose.kind, self._site, template.name,
                template.lines,
            )  # fmt: skip

        def done(name: str) -> None:
            self._desk.messages.done(say("Taken away: {name}", name=name), undo=again)

        self._desk.start(self, done, service.remove_template, template.id)
