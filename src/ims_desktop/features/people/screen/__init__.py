"""The pages of people, roles and sessions."""

from ims_desktop.features.people.screen.people import build_people
from ims_desktop.features.people.screen.role_page import build_roles
from ims_desktop.features.people.screen.sessions import build_sessions

__all__ = ["build_people", "build_roles", "build_sessions"]
