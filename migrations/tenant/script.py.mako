"""${message}."""

from ims_desktop.database.revision import run_script

revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}


def upgrade() -> None:
    """Run the frozen script of this revision."""
    run_script(__file__, "up")


def downgrade() -> None:
    """Run its opposite."""
    run_script(__file__, "down")
