"""The page on which deliveries are received and looked up."""

from ims_desktop.features.deliveries.rules import Delivery
from ims_desktop.features.deliveries.screen.entry_view import KIND
from ims_desktop.features.deliveries.screen.memory import COPY
from ims_desktop.features.deliveries.screen.page import build
from ims_desktop.features.deliveries.service import receive
from ims_desktop.ui.journal import Sending

SENDINGS = (Sending(KIND, "Delivery", Delivery, receive, "deliveries"),)

__all__ = ["COPY", "SENDINGS", "build"]
