"""Everything the first version is made of."""

from ims_desktop.database.revision import run_script

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Run the frozen script of this revision."""
    run_script(__file__, "up")


def downgrade() -> None:
    """Run its opposite."""
    run_script(__file__, "down")
