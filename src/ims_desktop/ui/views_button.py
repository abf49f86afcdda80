"""The button beside a list that keeps, shares and removes views of it."""

from collections.abc import Callable

from PySide6.QtWidgets import QLineEdit, QMenu

from ims_desktop.domain.errors import UserError
from ims_desktop.ui.controls import Button, Label, column, label, row
from ims_desktop.ui.inputs import Check
from ims_desktop.ui.language import said
from ims_desktop.ui.popovers import Popover
from ims_desktop.ui.saved_views import SavedViews


class NamePopover(Popover):
    """Asks for the name of a view; `keep(name, shared, failed)` keeps it."""

    def __init__(
        self, parent: Button, name: str, share: bool, keep: Callable[[str, bool, Callable[[Exception], None]], None]
    ) -> None:
        super().__init__(parent)
        self._keep = keep
        self.line = QLineEdit(name)
        self.line.setAccessibleName(self.tr("Name of the view"))
        self.line.setMinimumWidth(240)
        self.line.setMaxLength(60)
        self.line.selectAll()
        self.line.returnPressed.connect(self.apply)
        self.shared = Check(self.tr("Share it with everybody who opens this list"))
        self.shared.setVisible(False)
        self._wrong = Label("", 12, role="bad", wrap=True)
        self._wrong.hide()
        self.save_button = Button(self.tr("Save"), "primary")
        self.save_button.clicked.connect(self.apply)
        title = label(self.tr("Name of the view"), 12, role="muted")
        pieces = column(
            title, 4, self.line, 6, self.shared, self._wrong, 6, row(None, self.save_button), margins=(12, 12, 12, 12)
        )
        self.setLayout(pieces)
        self.shared.setVisible(share)
        self.line.setFocus()

    def apply(self) -> None:
        """Keep it, and go when nothing speaks against it."""
        name = self.line.text().strip()
        if not name:
            self._refuse(UserError(self.tr("Give the view a name.")))
            return
        self._keep(name, self.shared.isChecked(), self._refuse_later)
        self.close()

    def _refuse(self, error: Exception) -> None:
        self._wrong.say(said(error.text) if isinstance(error, UserError) else str(error))
        self._wrong.show()
        self.adjustSize()

    def _refuse_later(self, error: Exception) -> None:
        """What the server refuses is said where it was typed."""
        self._refuse(error)
        self.show()
        self.line.setFocus()


class ViewsButton(Button):
    """A menu of what can be done with views; not there where none can be kept."""

    def __init__(self, views: SavedViews) -> None:
        super().__init__("", "filter", "bookmark-simple")
        self.say(self.tr("Views"))
        self._views = views
        self.popover: NamePopover | None = None
        menu = QMenu(self)
        self.setMenu(menu)
        menu.aboutToShow.connect(lambda: self.fill(menu))
        if not views.offered:
            self.hide()

    def fill(self, menu: QMenu) -> None:
        """Offer what can be done now."""
        views, current = self._views, self._views.current
        menu.clear()
        menu.addAction(self.tr("Save this view as …"), self.ask_to_save)
        if current is None:
            return
        by = "" if current.is_mine else self.tr(" (by {owner})").format(owner=current.owner)
        menu.addSection(current.name + by)
        update = menu.addAction(self.tr("Update"), views.update)
        update.setEnabled(views.may_change and views.modified)
        back = menu.addAction(self.tr("Show it as it was saved"), lambda: views.choose(str(current.key)))
        back.setEnabled(views.modified)
        menu.addAction(self.tr("Rename …"), self.ask_to_rename).setEnabled(views.may_change)
        share = menu.addAction(self.tr("Share it with everybody who opens this list"))
        share.setCheckable(True)
        share.setChecked(current.is_shared)
        share.setEnabled(views.may_share and (current.is_mine or not current.is_shared))
        share.triggered.connect(views.share)
        usual = menu.addAction(self.tr("Open the list with it"))
        usual.setCheckable(True)
        usual.setChecked(views.is_default)
        usual.triggered.connect(views.make_default)
        menu.addSeparator()
        menu.addAction(self.tr("Delete"), views.remove).setEnabled(views.may_change)

    def ask_to_save(self) -> None:
        """Ask for a name and keep what is shown under it."""
        self._ask("", self._views.may_share, self._views.save_as)

    def ask_to_rename(self) -> None:
        """Ask for another name of the shown view."""
        if self._views.current is not None:
            self._ask(self._views.current.name, False, lambda name, _shared, failed: self._views.rename(name, failed))

    def _ask(self, name: str, share: bool, keep: Callable[[str, bool, Callable[[Exception], None]], None]) -> None:
        if self.popover is not None:
            self.popover.deleteLater()
        self.popover = NamePopover(self, name, share, keep)
        self.popover.show_under(self)
