"""What the first page asks: how the day and the week went, and what needs attention."""

from ims_desktop.features.overview.service.attention import Attention, Dearer, attention
from ims_desktop.features.overview.service.figures import Activity, Ask, Figures, figures

__all__ = ["Activity", "Ask", "Attention", "Dearer", "Figures", "attention", "figures"]
