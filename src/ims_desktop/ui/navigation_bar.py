"""The column where reading begins: brand, site, pages in groups, and who is signed in."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from PySide6.QtCore import QSettings, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QFont, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QMenu, QScrollArea, QWidget
from shiboken6 import isValid

from ims_desktop.domain.wording import Words, say
from ims_desktop.ui.avatar import Avatar
from ims_desktop.ui.controls import Button, Picture, column, fill, label, line, row, scrolling, set_property
from ims_desktop.ui.desk import Desk, Place
from ims_desktop.ui.language import said
from ims_desktop.ui.sides import Sheet
from ims_desktop.ui.theme import color, font, theme

SET_UP: Words = "Set up"  # the group of what is arranged once; it begins folded
HIDDEN = "hidden"  # pages that are reached from others only
LOW = 820  # in a window lower than that the entries stand closer together
WIDTH = 220
BESIDE_TITLE = 52  # the icon of a page and what keeps its title off the edges


@dataclass(frozen=True)
class Entry:
    """A page of the navigation; `build(desk)` makes it when it is opened first. Groups SET_UP and HIDDEN are special.

    `find(connection, words)` gives its records as Choices to the Ctrl+K box.
    """

    key: str
    title: Words
    group: Words
    icon: str
    build: Callable[[Desk], QWidget]
    permission: str | tuple[str, ...] | None = None  # of several any one is enough
    find: Callable[..., Any] | None = None


class PageButton(Button):
    """A page in the navigation, with a badge for what waits there."""

    def __init__(self, entry: Entry) -> None:
        title = said(entry.title)
        super().__init__("  " + title, "nav", entry.icon, name=title)
        self.setIconSize(QSize(17, 17))
        self.setToolTip("")
        self._title, self._badge = title, ""

    def minimumSizeHint(self) -> QSize:
        """The bar is as wide as it is: a long title is shortened, nothing is pushed out of sight."""
        return QSize(0, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Shorten the title to the room beside the icon; the whole of it is in the tip."""
        super().resizeEvent(event)
        room = self.width() - BESIDE_TITLE
        written = self.fontMetrics().elidedText(self._title, Qt.TextElideMode.ElideRight, room)
        self.setText("  " + written.replace("&", "&&"))
        self.setToolTip(self._title if written != self._title else "")

    def set_badge(self, badge: str) -> None:
        """Show a count, or nothing."""
        self._badge = badge
        self.setAccessibleName(f"{self._title}, {badge}" if badge else self._title)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Add the badge."""
        super().paintEvent(event)
        if self._badge:
            painter = QPainter(self)
            painter.setFont(font(11, QFont.Weight.DemiBold, True))
            painter.setPen(color("primary" if self.property("on") == "true" else "muted"))
            area = self.rect().adjusted(0, 0, -10, 0)
            align = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            Sheet(painter, self.rect()).write(area, self._badge, align)


class GroupHead(Button):
    """The title of a group; an arrow behind it tells whether its pages are folded away."""

    def __init__(self, title: str) -> None:
        title = said(title)
        super().__init__(title, "group")
        self.setFont(font(11, QFont.Weight.DemiBold))
        self._title, self._folded = title, False

    def tell(self, folded: bool) -> None:
        """Show whether the pages are folded away."""
        self._folded = folded
        state = self.tr("{group}, folded") if folded else self.tr("{group}, open")
        self.setAccessibleName(state.format(group=self._title))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Add the arrow."""
        super().paintEvent(event)
        top = (self.contentsRect().center().y()) - 5
        arrow, painter = "caret-right" if self._folded else "caret-down", QPainter(self)
        Sheet(painter, self.rect()).icon(self.width() - 20, top, arrow, "muted", size=11)


class PageGroup(QWidget):
    """Pages under a title that folds them away; what is folded is remembered for the person."""

    def __init__(self, title: str, pages: Sequence[PageButton], settings: QSettings) -> None:
        super().__init__()
        self._settings, self._place = settings, f"navigation/{title}"
        self._pages = pages
        layout = column()
        self.head = GroupHead(title)
        self.head.clicked.connect(self._turn)
        fill(layout, (self.head, *pages), 0, (0, 0, 0, 0))
        self.setLayout(layout)
        self._fold(settings.value(self._place, "folded" if title == SET_UP else "open") == "folded")

    def open(self) -> None:
        """Show the pages, because one of them is looked at."""
        self._fold(False)

    def _turn(self) -> None:
        self._fold(not self.folded)
        self._settings.setValue(self._place, "folded" if self.folded else "open")

    def _fold(self, folded: bool) -> None:
        self.folded = folded
        for page in self._pages:
            page.setVisible(not folded)
        self.head.tell(folded)


class SiteButton(Button):
    """The site everything is shown for; a menu changes it."""

    def __init__(self, desk: Desk) -> None:
        super().__init__("", "site", name=said(say("Site")))
        self._desk = desk
        self.setMenu(QMenu(self))
        self.setFixedHeight(42)
        self._fill()
        desk.site_changed.connect(self._fill)
        theme.changed.connect(self.update)

    def _fill(self) -> None:
        menu, desk = self.menu(), self._desk
        menu.clear()
        offered: list[tuple[Any, str]] = [(site.key, site.name) for site in desk.sites]
        if len(offered) > 1:
            offered.insert(0, (None, self.tr("All sites")))
        for key, name in offered:
            entry = QAction(name, menu, checkable=True, checked=key == desk.site)
            entry.triggered.connect(partial(self._choose, key))
            menu.addAction(entry)
        self.setAccessibleName(self.tr("Site: {name}").format(name=desk.site_name))
        self.update()

    def _choose(self, key: Any, _checked: bool = False) -> None:
        self._desk.choose_site(key)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Write the site in two lines between a pin and an arrow."""
        super().paintEvent(event)
        painter, desk = QPainter(self), self._desk
        sheet = Sheet(painter, self.rect())
        sheet.icon(11, (self.height() - 16) / 2, "map-pin", "text2", size=16)
        sheet.icon(self.width() - 24, (self.height() - 13) / 2, "caret-down", "muted", size=13)
        site = next((site for site in desk.sites if site.key == desk.site), None)
        detail = site.detail if site else ""
        area = self.rect().adjusted(36, 0, -28, 0)
        align = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        painter.setFont(font(13, QFont.Weight.DemiBold))
        painter.setPen(color("text"))
        name = painter.fontMetrics().elidedText(desk.site_name, Qt.TextElideMode.ElideRight, area.width())
        sheet.write(area.adjusted(0, 4, 0, -18) if detail else area, name, align)
        if detail:
            painter.setFont(font(11))
            painter.setPen(color("muted"))
            sheet.write(area.adjusted(0, 21, 0, -4), detail, align)


class NavigationBar(QWidget):
    """Shows only the pages the person may open."""

    locked = Signal()
    signed_out = Signal()

    def __init__(self, desk: Desk, entries: Sequence[Entry]) -> None:
        super().__init__()
        self.setObjectName("nav")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedWidth(WIDTH)
        self._desk = desk
        shown = [entry for entry in entries if desk.may(entry.permission) and entry.group != HIDDEN]
        self.buttons = {entry.key: PageButton(entry) for entry in shown}
        self._groups: dict[str, PageGroup] = {}
        for key, made in self.buttons.items():
            made.clicked.connect(partial(self._open, key))
        brand = row(
            Picture("stack", "primary", 24), label("IMS Desktop", 15, 700), None, spacing=9, margins=(8, 4, 0, 10)
        )
        self._scroll: QScrollArea = scrolling(column(*self._grouped(shown), None))
        layout = column()
        pieces = (brand, SiteButton(desk), 10, self._scroll, 8, line(), 8, self._person())
        fill(layout, pieces, 0, (12, 12, 12, 10))
        self.setLayout(layout)
        desk.navigation.opened.connect(self._follow)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Draw the entries closer together in a low window, so that more of them are seen."""
        low = event.size().height() < LOW
        for made in self.buttons.values():
            set_property(made, "low", "true" if low else "false")
        for group in self._groups.values():
            set_property(group.head, "low", "true" if low else "false")
        super().resizeEvent(event)

    def light(self, key: str) -> None:
        """Mark the open page, and bring it into view."""
        for name, made in self.buttons.items():
            made.light(name == key)
        if key in self._groups:
            self._groups[key].open()
        if key in self.buttons:
            QTimer.singleShot(0, partial(self._bring_into_view, key))  # once a group that opens has its room

    def _bring_into_view(self, key: str) -> None:
        if isValid(self):
            self._scroll.ensureWidgetVisible(self.buttons[key], 0, 12)

    def set_badge(self, key: str, badge: str) -> None:
        """Show what waits on a page."""
        if key in self.buttons:
            self.buttons[key].set_badge(badge)

    def _grouped(self, entries: Sequence[Entry]) -> list[QWidget]:
        made: list[QWidget] = []
        for title in dict.fromkeys(entry.group for entry in entries):
            keys = [entry.key for entry in entries if entry.group == title]
            pages = [self.buttons[key] for key in keys]
            if title:
                group = PageGroup(title, pages, self._desk.own)
                self._groups |= dict.fromkeys(keys, group)
                made.append(group)
            else:
                made += pages
        return made

    def _person(self) -> Any:
        person = self._desk.person
        menu_button = Button("", "ghost", "lock-simple", name=self.tr("Lock or sign out"))
        self.person_menu = menu = QMenu(menu_button)  # the program adds what a person may do with the sign-in
        menu.addAction(self.tr("Lock (Ctrl+L)"), self.locked.emit)
        menu.addAction(self.tr("Sign out"), self.signed_out.emit)
        menu_button.setMenu(menu)
        words = column(label(person.name, 13, 600, elide=True), label(person.role, 11, role="muted", elide=True))
        whole = row(Avatar(person.name), words, menu_button, spacing=10, margins=(4, 0, 0, 0))
        whole.setStretch(1, 1)
        return whole

    def _follow(self, place: Place) -> None:
        self.light(place.page)

    def _open(self, key: str, _checked: bool = False) -> None:
        self._desk.navigation.open(key)
