"""The page about cost and waste, the page of all reports, and what a report says about one dish."""

from ims_desktop.features.reports.screen.cost_page import build_cost_and_waste
from ims_desktop.features.reports.screen.reports_page import build_reports
from ims_desktop.features.reports.screen.standing import MENU_SECTIONS

__all__ = ["MENU_SECTIONS", "build_cost_and_waste", "build_reports"]
