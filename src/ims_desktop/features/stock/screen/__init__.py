"""The pages of stock, and what they add to the panels of others."""

from ims_desktop.features.stock.screen.card import build_card
from ims_desktop.features.stock.screen.effects import EffectsPanel
from ims_desktop.features.stock.screen.entering import EntrySheet, SheetParts
from ims_desktop.features.stock.screen.level_panel import settings_key
from ims_desktop.features.stock.screen.levels import build_levels
from ims_desktop.features.stock.screen.movements import build_movements
from ims_desktop.features.stock.screen.periods import build_periods, period_key
from ims_desktop.features.stock.screen.sections import ITEM_SECTIONS, build_item_stock
from ims_desktop.features.stock.screen.worth import ITEM_BUTTONS

__all__ = [
    "ITEM_BUTTONS",
    "ITEM_SECTIONS",
    "EffectsPanel",
    "EntrySheet",
    "SheetParts",
    "build_card",
    "build_item_stock",
    "build_levels",
    "build_movements",
    "build_periods",
    "period_key",
    "settings_key",
]
