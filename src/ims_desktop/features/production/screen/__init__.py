"""The page on which preps are made and items are repacked."""

from ims_desktop.features.production.rules import Production
from ims_desktop.features.production.screen.entry_view import ASKED, KIND
from ims_desktop.features.production.screen.memory import COPY
from ims_desktop.features.production.screen.page import build
from ims_desktop.features.production.service import ask, produce
from ims_desktop.ui.journal import Sending

SENDINGS = (
    Sending(KIND, "Production", Production, produce, "production"),
    Sending(ASKED, "Production", Production, ask, "production"),
)

__all__ = ["COPY", "SENDINGS", "build"]
