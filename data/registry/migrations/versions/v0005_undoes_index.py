"""What takes a change back is found without reading the whole log."""

from alembic import op

revision = "v0005"
down_revision = "v0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the index."""
    op.create_index(op.f("ix_changes_undoes"), "changes", ["undoes"])


def downgrade() -> None:
    """Take it away."""
    op.drop_index(op.f("ix_changes_undoes"), table_name="changes")
