"""Start-up, sign-in, the window shell and the navigation list."""

import ims_desktop.ui  # noqa: F401 - before any class of Qt is made more of
