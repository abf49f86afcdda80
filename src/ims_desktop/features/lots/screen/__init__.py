"""The pages of lots: what expires, and the way of one."""

from ims_desktop.features.lots.screen.page import build_lots
from ims_desktop.features.lots.screen.section import ITEM_SECTIONS
from ims_desktop.features.lots.screen.trace import build_trace

__all__ = ["ITEM_SECTIONS", "build_lots", "build_trace"]
