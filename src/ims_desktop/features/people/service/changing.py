"""Inviting people, giving and taking roles, letting people in and keeping them out. The database decides who may."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, func, select

from ims_desktop.database.proof import code_key, new_salt, one_time_code
from ims_desktop.domain.errors import Problem, UserError
from ims_desktop.domain.work import Changed, call
from ims_desktop.features.people.rules import name_problems

SUBJECTS = frozenset({"people"})


@dataclass(frozen=True, slots=True)
class Invitation:
    """Somebody to be let in, with a first role at a site or (None) at all."""

    login: str
    first_name: str
    last_name: str
    role_id: UUID
    site_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class OneTimeCode:
    """What a person signs in with once, to choose a password: shown here and kept nowhere."""

    name: str
    login: str
    code: str


@dataclass(frozen=True, slots=True)
class Grant:
    """A role to be given to a person, at a site or (None) at all."""

    member_id: UUID
    name: str
    role_id: UUID | None = None
    site_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Given:
    """A role that was given: by this key it can be withdrawn."""

    assignment_id: UUID
    name: str


def _do(connection: Connection, function: str, *values: Any) -> Any:
    return connection.execute(select(getattr(func, function)(*values))).scalar_one()


@call
def invite(connection: Connection, draft: Invitation) -> Changed:
    """Let somebody in; answers the code to be told to them."""
    problems = name_problems(f"{draft.first_name} {draft.last_name}", "first_name")
    if "\0" in draft.login:
        problems.append(Problem("A login has no invisible characters.", "login"))
    if problems:
        raise UserError("Nobody was invited.", problems)
    code = one_time_code()
    login, first, last = draft.login.strip(), draft.first_name.strip(), draft.last_name.strip()
    proof = new_salt().decode(), code_key(code)
    _do(connection, "invite_member", login, first, last, draft.role_id, draft.site_id, *proof)
    return Changed(OneTimeCode(f"{first} {last}".strip(), login, code), SUBJECTS)


@call
def new_code(connection: Connection, member: UUID, name: str, login: str) -> Changed:
    """Let a person in by a one-time code instead of the password they forgot."""
    code = one_time_code()
    _do(connection, "reset_member", member, new_salt().decode(), code_key(code))
    return Changed(OneTimeCode(name, login, code), SUBJECTS)


@call
def give_role(connection: Connection, grant: Grant) -> Changed:
    """Give a person a role."""
    made = _do(connection, "assign_role", grant.member_id, grant.role_id, grant.site_id)
    return Changed(Given(made, grant.name), SUBJECTS)


@call
def withdraw(connection: Connection, assignment: UUID) -> Changed:
    """Take a role from a person, from the next statement on."""
    _do(connection, "withdraw_role", assignment)
    return Changed(None, SUBJECTS)


@call
def deactivate(connection: Connection, member: UUID) -> Changed:
    """Keep a person out, at once and on every PC."""
    _do(connection, "deactivate_member", member)
    return Changed(None, SUBJECTS)


@call
def reactivate(connection: Connection, member: UUID) -> Changed:
    """Let a person in again."""
    _do(connection, "reactivate_member", member)
    return Changed(None, SUBJECTS)
