"""Qt building blocks that know no capability."""

from ims_desktop.ui.overrides import cover_overrides

cover_overrides()
