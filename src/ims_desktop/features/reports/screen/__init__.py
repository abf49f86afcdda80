"""The page about cost and waste, and the page of all reports."""

from ims_desktop.features.reports.screen.cost_page import build_cost_and_waste
from ims_desktop.features.reports.screen.reports_page import build_reports

__all__ = ["build_cost_and_waste", "build_reports"]
