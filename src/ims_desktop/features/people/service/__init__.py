"""People, roles and sessions: reading them, and changing them through the functions of the database."""

from ims_desktop.features.people.rules import Assignment, Right, Role
from ims_desktop.features.people.service.changing import (
    Given,
    Grant,
    Invitation,
    OneTimeCode,
    deactivate,
    give_role,
    invite,
    new_code,
    reactivate,
    withdraw,
)
from ims_desktop.features.people.service.people import (
    EVERYWHERE,
    Person,
    PersonRow,
    member_choices,
    people,
    people_summary,
    people_tab_counts,
    person,
    role_choices,
    site_choices,
)
from ims_desktop.features.people.service.roles import Matrix, delete_role, matrix, save_roles
from ims_desktop.features.people.service.sessions import SessionRow, end_session, sessions, sessions_summary

__all__ = [
    "EVERYWHERE",
    "Assignment",
    "Given",
    "Grant",
    "Invitation",
    "Matrix",
    "OneTimeCode",
    "Person",
    "PersonRow",
    "Right",
    "Role",
    "SessionRow",
    "deactivate",
    "delete_role",
    "end_session",
    "give_role",
    "invite",
    "matrix",
    "member_choices",
    "new_code",
    "people",
    "people_summary",
    "people_tab_counts",
    "person",
    "reactivate",
    "role_choices",
    "save_roles",
    "sessions",
    "sessions_summary",
    "site_choices",
    "withdraw",
]
