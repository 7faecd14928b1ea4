"""What people say is wrong with a record, where merged records went, searches that found nothing near."""

import sqlalchemy as sa
from alembic import op

revision = "v0006"
down_revision = "v0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "merges",
        sa.Column("batch", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("dropped", sa.String(), nullable=False),
        sa.Column("kept", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("batch", name=op.f("pk_merges")),
    )
    op.create_table(
        "reports",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("record_id", sa.String(), nullable=False),
        sa.Column("what", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("words", sa.String(), nullable=True),
        sa.Column("first_on", sa.Date(), nullable=False),
        sa.Column("last_on", sa.Date(), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=True),
        sa.Column("settled_on", sa.Date(), nullable=True),
        sa.Column("letter_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("times >= 1", name=op.f("ck_reports_times")),
        sa.CheckConstraint(
            "outcome IN ('corretto', 'era_giusto', 'non_chiaro')", name=op.f("ck_reports_outcome")
        ),
        sa.CheckConstraint("(outcome IS NULL) = (settled_on IS NULL)", name=op.f("ck_reports_settled")),
        sa.CheckConstraint("outcome IS NULL OR words IS NULL", name=op.f("ck_reports_erased")),
        sa.ForeignKeyConstraint(["letter_id"], ["letters.id"], name=op.f("fk_reports_letter_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reports")),
    )
    op.create_index(op.f("ix_reports_kind_record_id"), "reports", ["kind", "record_id"])
    op.create_index(op.f("ix_reports_letter_id"), "reports", ["letter_id"])
    op.create_table(
        "report_steps",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("who", sa.String(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["report_id"], ["reports.id"], name=op.f("fk_report_steps_report_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_steps")),
    )
    op.create_index(op.f("ix_report_steps_report_id"), "report_steps", ["report_id"])
    op.create_table(
        "searches",
        sa.Column("month", sa.String(), nullable=False),
        sa.Column("ambito_id", sa.String(), nullable=False),
        sa.Column("theme", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("mode", sa.String(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.CheckConstraint("outcome IN ('none', 'far')", name=op.f("ck_searches_outcome")),
        sa.CheckConstraint("n >= 1", name=op.f("ck_searches_n")),
        sa.PrimaryKeyConstraint(
            "month", "ambito_id", "theme", "language", "mode", "outcome", name=op.f("pk_searches")
        ),
    )
    op.create_table(
        "countings",
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("what", name=op.f("pk_countings")),
    )


def downgrade() -> None:
    """Take the tables away."""
    for table in ("countings", "searches", "report_steps", "reports", "merges"):
        op.drop_table(table)
