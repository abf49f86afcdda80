"""Lines that are entered again and again at a site, kept under a name: Close of day."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Connection, delete, select
from sqlalchemy.dialects.postgresql import insert

from ims_desktop.domain.errors import Conflict, UserError
from ims_desktop.domain.plain_values import from_plain, to_plain
from ims_desktop.domain.work import Changed, read
from ims_desktop.features.adjustments.rules import Template, TemplateLine, template_problems
from ims_desktop.features.adjustments.tables import TEMPLATES
from ims_desktop.features.stock.service import Kind

SUBJECTS = frozenset({"entry_templates"})


@read
def templates(connection: Connection, kind: Kind, site: UUID) -> tuple[Template, ...]:
    """The templates of a kind at a site, by name."""
    rows = connection.execute(
        select(TEMPLATES.c.id, TEMPLATES.c.name, TEMPLATES.c.lines)
        .where(TEMPLATES.c.kind == kind.value, TEMPLATES.c.site_id == site)
        .order_by(TEMPLATES.c.sort_name)
    )
    return tuple(
        Template(key, name, tuple(from_plain(TemplateLine, one) for one in lines)) for key, name, lines in rows
    )


def save_template(connection: Connection, kind: Kind, site: UUID, name: str, lines: Sequence[TemplateLine]) -> Changed:
    """Keep lines under a name, in the place of a template that had it before; answers the name."""
    if problems := template_problems(name, lines):
        raise UserError("This template cannot be kept yet.", problems)
    plain = [to_plain(line) for line in lines]
    kept = insert(TEMPLATES).values(site_id=site, kind=kind.value, name=name.strip(), lines=plain)
    index = [TEMPLATES.c.site_id, TEMPLATES.c.kind, TEMPLATES.c.sort_name]
    connection.execute(kept.on_conflict_do_update(index_elements=index, set_={"name": name.strip(), "lines": plain}))
    return Changed(name.strip(), SUBJECTS)


def remove_template(connection: Connection, key: UUID) -> Changed:
    """Take a template away."""
    gone = connection.execute(delete(TEMPLATES).where(TEMPLATES.c.id == key).returning(TEMPLATES.c.name))
    name = gone.scalar_one_or_none()
    if name is None:
        raise Conflict("Somebody else has taken this template away.")
    return Changed(name, SUBJECTS)
