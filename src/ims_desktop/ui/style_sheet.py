"""Colours of standard widgets as a Qt style sheet; fonts are set in code, painted parts in their widgets."""

import re
from dataclasses import asdict, is_dataclass
from typing import Any

SHEET = """
* { outline: 0; }
QWidget#root, QWidget#page, QStackedWidget#pages { background: $bg; }
QWidget#nav { background: $nav; border-right: 1px solid $border; }
QWidget#topbar { background: $surface; border-bottom: 1px solid $border; }
QFrame#card { background: $surface; border: 1px solid $border; border-radius: 8px; }
QFrame#card:focus { border: 1px solid $primary; }
QFrame#card[quiet="true"]:focus { border-color: $border; }
QFrame#panel, QFrame#panelfoot { background: $surface; border: 0; }
QFrame#panel { border-left: 1px solid $border; }
QFrame#panelfoot { border-top: 1px solid $border; }
QFrame#popover { background: $surface; border: 1px solid $hairline; border-radius: 8px; }
QFrame#hline { background: $border; max-height: 1px; min-height: 1px; border: 0; }
QFrame#toast { background: $text; border: 0; border-radius: 8px; }
QFrame#toast QLabel { color: $surface; }
QFrame#toast QLabel#kbd { background: transparent; color: $surface; border: 1px solid $muted; }
QFrame#toast QPushButton { background: transparent; border: 0; color: $selected; }
QFrame#bar { background: $selected; border: 0; border-radius: 6px; }
QWidget#clear, QScrollArea#clear, QScrollArea#clear > QWidget > QWidget#clear { background: transparent; border: 0; }
QScrollArea { background: transparent; border: 0; }
QLabel { background: transparent; }
QLabel[role="muted"] { color: $muted; }
QLabel[role="sub"] { color: $text2; }
QLabel[role="link"], QLabel[role="primary"] { color: $primary; }
QLabel[role="ok"] { color: $ok; }
QLabel[role="warn"] { color: $warn; }
QLabel[role="bad"] { color: $bad; }
QLabel[role="info"] { color: $info; }
QLabel[role="neutral"] { color: $neutral; }
QLabel#kbd { color: $muted; background: $raised; border: 1px solid $border; border-radius: 4px; padding: 0 5px; }
QFrame#note { background: $raised; border: 0; border-radius: 8px; }
QFrame#note[tone="ok"] { background: $okbg; }
QFrame#note[tone="warn"] { background: $warnbg; }
QFrame#note[tone="bad"] { background: $badbg; }
QFrame#note[tone="info"] { background: $infobg; }
QFrame#tile { background: $surface; border: 1px solid $border; border-radius: 8px; }
QFrame#tile[on="true"] { background: $selected; border: 1px solid $primary; }
QFrame#segbox { background: $raised; border: 1px solid $border; border-radius: 7px; }

QPushButton { background: $surface; color: $text; border: 1px solid $hairline; border-radius: 6px; padding: 0 12px; min-height: 30px; }
QPushButton:hover { background: $hover; }
QPushButton:pressed { background: $raised; }
QPushButton[ring="true"] { border: 1px solid $primary; }
QPushButton:disabled { color: $muted; background: $raised; border-color: $border; }
QPushButton::menu-indicator { image: none; width: 0; }
QPushButton[kind="primary"] { background: $primary; color: $onprimary; border: 1px solid $primary; }
QPushButton[kind="primary"]:hover { background: $primaryhover; border-color: $primaryhover; }
QPushButton[kind="primary"][ring="true"] { border: 2px solid $text; }
QPushButton[kind="primary"]:disabled { background: $raised; color: $muted; border-color: $border; }
QPushButton[kind="danger"] { color: $bad; }
QPushButton[kind="danger"]:disabled { color: $muted; }
QPushButton[kind="ghost"] { background: transparent; border: 1px solid transparent; padding: 0 7px; color: $text2; }
QPushButton[kind="ghost"]:hover { background: $raised; }
QPushButton[kind="ghost"][ring="true"] { border: 1px solid $primary; }
QPushButton[kind="link"] { background: transparent; border: 1px solid transparent; border-radius: 4px; color: $primary; padding: 0 3px; min-height: 20px; }
QPushButton[kind="link"]:hover { text-decoration: underline; }
QPushButton[kind="link"][ring="true"] { border: 1px solid $primary; }
QPushButton[kind="lead"] { background: transparent; border: 0; text-align: left; padding: 0; min-height: 18px; color: $text; }
QPushButton[kind="lead"]:hover, QPushButton[kind="lead"][ring="true"] { color: $primary; text-decoration: underline; }
QPushButton[kind="small"] { min-height: 24px; max-height: 24px; padding: 0 10px; }
QPushButton[kind="filter"] { color: $text; padding: 0 10px; min-height: 28px; max-height: 28px; }
QPushButton[kind="filter"][on="true"] { background: $selected; color: $primary; border-color: $primary; }
QPushButton[kind="nav"] { background: transparent; border: 1px solid transparent; text-align: left; padding: 0 9px; color: $text2; }
QPushButton[kind="nav"] { min-height: 29px; max-height: 29px; }
QPushButton[kind="nav"][low="true"] { min-height: 24px; max-height: 24px; }
QPushButton[kind="group"] { background: transparent; border: 1px solid transparent; text-align: left; padding: 0 9px; color: $muted; }
QPushButton[kind="group"] { min-height: 16px; max-height: 16px; margin-top: 8px; margin-bottom: 2px; }
QPushButton[kind="group"][low="true"] { margin-top: 4px; margin-bottom: 0; }
QPushButton[kind="group"]:hover { color: $text; }
QPushButton[kind="group"][ring="true"] { border: 1px solid $primary; }
QPushButton[kind="nav"]:hover { background: $raised; color: $text; }
QPushButton[kind="nav"][ring="true"] { border: 1px solid $primary; }
QPushButton[kind="nav"][on="true"] { background: $selected; color: $primary; }
QPushButton[kind="site"] { text-align: left; padding: 0 10px; min-height: 40px; }
QPushButton[kind="tab"] { background: transparent; border: 0; border-bottom: 2px solid transparent; border-radius: 0; color: $text2; padding: 0 2px; min-height: 34px; }
QPushButton[kind="tab"]:hover { color: $text; }
QPushButton[kind="tab"][ring="true"] { border-bottom: 2px solid $inputborder; color: $text; }
QPushButton[kind="tab"][on="true"] { color: $primary; border-bottom: 2px solid $primary; }
QPushButton[kind="segment"] { background: transparent; border: 1px solid transparent; border-radius: 5px; min-height: 24px; max-height: 24px; padding: 0 10px; color: $text2; }
QPushButton[kind="segment"]:hover { color: $text; }
QPushButton[kind="segment"][ring="true"] { border: 1px solid $primary; }
QPushButton[kind="segment"][on="true"] { background: $surface; color: $text; border: 1px solid $hairline; }
QPushButton[kind="segment"][on="true"][ring="true"] { border: 1px solid $primary; }

QLineEdit, QPlainTextEdit { background: $surface; color: $text; border: 1px solid $inputborder; border-radius: 6px; selection-background-color: $primary; selection-color: $onprimary; }
QLineEdit { padding: 0 8px; min-height: 30px; }
QPlainTextEdit { padding: 4px 4px; }
QLineEdit:focus, QPlainTextEdit:focus { border: 1px solid $primary; }
QLineEdit:disabled, QPlainTextEdit:disabled { background: $raised; color: $text2; border-color: $border; }
QLineEdit[wrong="true"], QPlainTextEdit[wrong="true"], QComboBox[wrong="true"] { border: 1px solid $bad; }
QLineEdit#search, QPushButton#search { min-height: 28px; max-height: 28px; border-color: $hairline; }
QLineEdit#search:focus { border-color: $primary; }
QLineEdit#cell { border: 2px solid $primary; border-radius: 4px; min-height: 0; padding: 0 6px; }
QLineEdit#cell[wrong="true"] { border: 2px solid $bad; }
QLineEdit#bare { border: 0; background: transparent; padding: 0; }
QComboBox { background: $surface; color: $text; border: 1px solid $inputborder; border-radius: 6px; padding: 0 0 0 8px; min-height: 30px; }
QComboBox:focus { border: 1px solid $primary; }
QComboBox:disabled { background: $raised; color: $text2; border-color: $border; }
QComboBox::drop-down { border: 0; width: 26px; }
QComboBox::down-arrow { image: none; }
QComboBox QAbstractItemView, QListView#options { background: $surface; color: $text; border: 1px solid $hairline; padding: 4px; selection-background-color: $selected; selection-color: $text; }
QListView#options { border: 0; padding: 0; }
QListView#suggestions { background: $surface; color: $text; border: 1px solid $hairline; padding: 4px; }
QListView#options::item, QComboBox QAbstractItemView::item { min-height: 28px; padding: 0 6px; border-radius: 4px; }
QListView#options::item:hover { background: $hover; }
QListView#options::item:selected { background: $selected; color: $text; }

QTableView { background: $surface; color: $text; border: 0; selection-background-color: $selected; selection-color: $text; }
QHeaderView { background: $surface; border: 0; }
QHeaderView::section { background: $surface; color: $text2; border: 0; border-bottom: 1px solid $hairline; padding: 0 8px; }
QTableView QTableCornerButton::section { background: $surface; border: 0; }
QAbstractScrollArea::corner { background: transparent; border: 0; }
QScrollBar:vertical { background: transparent; width: 12px; margin: 0; }
QScrollBar::handle:vertical { background: $hairline; border-radius: 4px; min-height: 36px; margin: 2px; }
QScrollBar:horizontal { background: transparent; height: 12px; margin: 0; }
QScrollBar::handle:horizontal { background: $hairline; border-radius: 4px; min-width: 36px; margin: 2px; }
QScrollBar::handle:hover { background: $inputborder; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
QMenu { background: $surface; color: $text; border: 1px solid $hairline; border-radius: 6px; padding: 4px; }
QMenu::item { padding: 6px 24px 6px 10px; border-radius: 4px; }
QMenu::item:selected { background: $selected; }
QMenu::item:disabled { color: $muted; }
QMenu::separator { background: $border; height: 1px; margin: 4px 6px; }
QToolTip { background: $text; color: $surface; border: 0; padding: 6px 8px; }
QDialog, QMessageBox { background: $surface; }
QMessageBox QLabel { color: $text; }
"""  # noqa: E501 - one rule a line reads best


# What Qt does not turn itself in a language read from the right: borders of one side, and room on four sides.
ONE_SIDE = re.compile(r"(border-)(left|right)\b")
FOUR_SIDES = re.compile(r"padding: (\w+) (\w+) (\w+) (\w+);")
OTHER = {"left": "right", "right": "left"}


def style_sheet(tokens: Any, from_right: bool = False) -> str:
    """The sheet with every $token replaced by its colour; an unknown token is a KeyError."""
    colors = asdict(tokens) if is_dataclass(tokens) and not isinstance(tokens, type) else dict(tokens)
    sheet = re.sub(r"\$(\w+)", lambda found: str(colors[found[1]]), SHEET)
    return _turned(sheet) if from_right else sheet


def _turned(sheet: str) -> str:
    sheet = ONE_SIDE.sub(lambda found: found[1] + OTHER[found[2]], sheet)
    return FOUR_SIDES.sub(r"padding: \1 \4 \3 \2;", sheet)
