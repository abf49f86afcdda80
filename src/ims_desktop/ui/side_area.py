"""A page with a panel where reading ends: beside the page in wide windows, over it in narrow ones."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QRect, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QApplication, QFrame, QGraphicsDropShadowEffect, QWidget
from shiboken6 import isValid

from ims_desktop.ui.sides import turned

BESIDE_FROM = 1500
PANEL_WIDTH = 330
LEAST_BESIDE = 940  # what a page keeps beside a panel; a wider panel stands over it


class SidePanel(QFrame):
    """The base of what may stand beside a page, where reading ends.

    `closed` asks to be taken away, `grew` to be given the width it wants now.
    """

    closed = Signal()
    grew = Signal()
    wanted_width = PANEL_WIDTH

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("panel")

    def leave(self, go_on: Callable[[], None]) -> None:
        """Go on at once, or first ask about what is not saved."""
        go_on()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc closes."""
        if event.key() == Qt.Key.Key_Escape:
            self.closed.emit()
        else:
            super().keyPressEvent(event)


class Veil(QWidget):
    """Lies over the page while a panel stands over it; a click there closes the panel."""

    clicked = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.hide()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click elsewhere."""
        self.clicked.emit()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Dim the page a little: it waits."""
        QPainter(self).fillRect(self.rect(), QColor(10, 18, 35, 26))


class SideArea(QWidget):
    """Holds a page and the panels opened over it; the newest is seen, closing it shows the one before."""

    changed = Signal()

    def __init__(self, content: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._content = content
        self._panels: list[SidePanel] = []
        self._focus: list[QWidget | None] = []
        content.setParent(self)
        self._veil = Veil(self)
        self._veil.clicked.connect(self.close_panel)

    @property
    def panel(self) -> SidePanel | None:
        """The panel that is seen."""
        return self._panels[-1] if self._panels else None

    def holds(self, panel: SidePanel) -> bool:
        """Whether a panel is open, seen or under another."""
        return panel in self._panels

    @property
    def wide(self) -> bool:
        """Whether a panel finds room beside the page."""
        return self.window().width() >= BESIDE_FROM

    def open_panel(self, panel: SidePanel) -> None:
        """Show a panel above the ones already open."""
        self._focus.append(QApplication.focusWidget())  # before the panel below is hidden, and gives it away
        if self.panel:
            self.panel.hide()
        self._panels.append(panel)
        panel.setParent(self)
        panel.closed.connect(lambda: self.close_panel(panel))
        panel.grew.connect(self._lay_out)
        self._lay_out()
        panel.show()
        panel.raise_()
        self.changed.emit()

    def close_panel(self, panel: SidePanel | None = None) -> None:
        """Close a panel once it has nothing unsaved."""
        leaving = panel or self.panel
        if leaving is not None and leaving in self._panels:
            leaving.leave(lambda: self._drop(leaving))

    def leave(self, go_on: Callable[[], None]) -> None:
        """Go on when no panel holds unsaved work."""
        if self.panel is None:
            go_on()
        else:
            self.panel.leave(go_on)

    def _drop(self, panel: SidePanel) -> None:
        if panel not in self._panels:
            return
        place = self._panels.index(panel)
        del self._panels[place]
        focus = self._focus.pop(place)
        panel.hide()
        panel.deleteLater()
        if self.panel:
            self.panel.show()
        self._lay_out()
        if focus is not None and isValid(focus) and self.isAncestorOf(focus) and focus.isVisibleTo(self):
            focus.setFocus()
        else:  # what had the keyboard is gone meanwhile
            self.setFocus()
        self.changed.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc closes the panel from wherever the focus is."""
        if event.key() == Qt.Key.Key_Escape and self.panel is not None:
            self.close_panel()
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Place page and panel."""
        super().resizeEvent(event)
        self._lay_out()

    def changeEvent(self, event: QEvent) -> None:
        """Change sides with the language."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LayoutDirectionChange:
            self._lay_out()

    def _lies(self, area: QRect) -> QRect:
        return turned(area, self.rect()) if self.isRightToLeft() else area

    def _lay_out(self) -> None:
        width, height, panel = self.width(), self.height(), self.panel
        taken = min(panel.wanted_width, width) if panel else 0
        beside = panel is not None and self.wide and width - taken >= LEAST_BESIDE
        self._content.setGeometry(self._lies(QRect(0, 0, width - taken if beside else width, height)))
        self._veil.setGeometry(self._content.geometry())
        self._veil.setVisible(panel is not None and not beside)
        if panel is None:
            return
        self._veil.raise_()
        panel.raise_()
        panel.setGeometry(self._lies(QRect(width - taken, 0, taken, height)))
        if beside:
            panel.setGraphicsEffect(None)  # type: ignore[arg-type]
        elif panel.graphicsEffect() is None:
            shadow = QGraphicsDropShadowEffect(panel)
            shadow.setBlurRadius(28)
            shadow.setOffset(4 if self.isRightToLeft() else -4, 0)
            shadow.setColor(QColor(10, 18, 35, 70))
            panel.setGraphicsEffect(shadow)
