"""The view of points for a GIS, on PostgreSQL with PostGIS only."""

from alembic import op

from data.registry import gis

revision = "v0004"
down_revision = "v0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the view where it can be made."""
    gis.view_made(op.get_bind())


def downgrade() -> None:
    """Take it away."""
    gis.drop_view(op.get_bind())
