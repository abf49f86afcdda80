"""Which revisions of a restaurant group this program works with; a desk asks before it does anything else."""

from ims_desktop.domain.errors import UserError
from ims_desktop.domain.wording import say

# The newest revision this program was made for, and the oldest that has all it needs. A revision that only adds lets
# older programs go on; one that takes away says in tenant_schema.oldest_desk() which program it needs.
MADE_FOR = "0001"
OLDEST = "0001"


def check(revision: str, oldest_desk: str) -> None:
    """UserError when this program and a group at `revision`, made for desks from `oldest_desk` on, do not fit."""
    if oldest_desk > MADE_FOR:
        raise UserError(
            say(
                "Update this program: the database of this restaurant group has moved on and no "
                "longer works with it (this program is made for {made_for}, and {oldest_desk} is "
                "needed).",
                made_for=MADE_FOR,
                oldest_desk=oldest_desk,
            )
        )
    if revision < OLDEST:
        raise UserError(
            say(
                "This restaurant group is being upgraded: try again in a few minutes. If this stays, "
                "ask your administrator to run ims-admin migrate (it stands at {found}, and this "
                "program needs {oldest}).",
                found=revision or "nothing",
                oldest=OLDEST,
            )
        )
