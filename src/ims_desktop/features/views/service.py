"""What people do with views of lists: keep, share, rename and remove them."""

from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Connection, delete, func, insert, select, update

from ims_desktop.domain.errors import Conflict, Denied, UserError
from ims_desktop.domain.list_view import SavedView, ViewDraft, view_of, written
from ims_desktop.domain.wording import say
from ims_desktop.domain.work import Changed, read
from ims_desktop.features.views.rules import problems_of
from ims_desktop.features.views.tables import MEMBERS, VIEWS

__all__ = ["SUBJECTS", "remove_view", "save_view", "views"]

SUBJECTS = frozenset({"views"})
SHARE = "views.share"
MOST = 100  # of one list
ME = select(func.me()).scalar_subquery()  # asked once a statement, not once a row


@read
def views(connection: Connection, key: str) -> tuple[SavedView, ...]:
    """The views of a list that this person has: own ones first, then shared ones, each by name."""
    mine = (VIEWS.c.owner_id == ME).label("mine")
    found = connection.execute(
        select(*(VIEWS.c[name] for name in ("id", "name", "is_shared", "definition", "version")), mine)
        .add_columns(MEMBERS.c.display_name)
        .join_from(VIEWS, MEMBERS, MEMBERS.c.id == VIEWS.c.owner_id)
        .where(VIEWS.c.list == key)
        .order_by(mine.desc(), VIEWS.c.sort_name, VIEWS.c.id)
        .limit(MOST)
    )
    return tuple(
        SavedView(row.id, row.name, view_of(row.definition), row.is_shared, row.mine, row.display_name, row.version)
        for row in found
    )


def save_view(connection: Connection, draft: ViewDraft) -> Changed:
    """Keep a new view, or change one; answers its key."""
    name = " ".join(draft.name.split())
    if problems := problems_of(name):
        raise UserError(problems[0].text, problems)
    if draft.is_shared:
        _require_sharing(connection)
    if draft.key is None and _is_taken(connection, draft.list, name):
        raise UserError(
            say(
                "You already have a view {name} of this list. Give this one another name, or update that one.",
                name=name,
            )
        )
    values: dict[str, Any] = {
        "name": name, "is_shared": draft.is_shared, "needs": draft.needs, "definition": written(draft.view),
    }  # fmt: skip
    if draft.key is None:
        key = uuid4()
        connection.execute(insert(VIEWS).values(id=key, list=draft.list, owner_id=ME, **values))
        return Changed(key, SUBJECTS)
    same = (VIEWS.c.id == draft.key, VIEWS.c.version == draft.version)
    if not connection.execute(update(VIEWS).where(*same).values(**values)).rowcount:
        raise Conflict("Somebody else changed or removed this view meanwhile. Open it again and look at it.")
    return Changed(draft.key, SUBJECTS)


def remove_view(connection: Connection, key: UUID) -> Changed:
    """Remove a view."""
    if not connection.execute(delete(VIEWS).where(VIEWS.c.id == key)).rowcount:
        raise Denied("This view is gone already, or it is shared and your roles do not allow you to share views.")
    return Changed(key, SUBJECTS)


def _require_sharing(connection: Connection) -> None:
    if not connection.execute(select(func.can(SHARE))).scalar_one():
        raise Denied("Your roles do not allow you to share views, nor to change shared ones.")


def _is_taken(connection: Connection, key: str, name: str) -> bool:
    twin = select(VIEWS.c.id).where(
        VIEWS.c.owner_id == ME,
        VIEWS.c.list == key,
        func.public.look_alike(VIEWS.c.name) == func.public.look_alike(name),
    )
    return connection.execute(twin).first() is not None
