"""The index that searches read; it is filled when the registry is opened."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import TSVECTOR

revision = "v0003"
down_revision = "v0002"
branch_labels = None
depends_on = None

NAMED = "name_words, all_words"
OLD = (
    f"INSERT INTO search_full(search_full, rowid, {NAMED}) "
    "VALUES ('delete', old.number, old.name_words, old.all_words);"
)
NEW = f"INSERT INTO search_full(rowid, {NAMED}) VALUES (new.number, new.name_words, new.all_words);"
TRIGGERS = {
    "search_came": f"AFTER INSERT ON search_rows BEGIN {NEW} END",
    "search_went": f"AFTER DELETE ON search_rows BEGIN {OLD} END",
    "search_changed": f"AFTER UPDATE OF {NAMED} ON search_rows BEGIN {OLD} {NEW} END",
}


def upgrade() -> None:
    """Make the tables, and what makes words quick to find on each database."""
    postgres = op.get_bind().dialect.name == "postgresql"
    words = TSVECTOR() if postgres else sa.Text()
    op.create_table(
        "search_rows",
        sa.Column("number", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("record_id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("sorted_as", sa.Text(collation="C") if postgres else sa.Text(), nullable=False),
        sa.Column("ambito_id", sa.String(), nullable=True),
        sa.Column("comune_code", sa.String(), nullable=True),
        sa.Column("ente", sa.String(), nullable=True),
        sa.Column("service_kind", sa.String(), nullable=True),
        sa.Column("evidence", sa.String(), nullable=False),
        sa.Column("aside", sa.Boolean(), nullable=False),
        sa.Column("gone", sa.Boolean(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("half_until", sa.Date(), nullable=True),
        sa.Column("points", sa.Double(), nullable=True),
        sa.Column("criteria", sa.Integer(), nullable=False),
        sa.Column("lon", sa.Double(), nullable=True),
        sa.Column("lat", sa.Double(), nullable=True),
        sa.Column("name_words", words, nullable=False),
        sa.Column("all_words", words, nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_search_rows")),
        sa.UniqueConstraint("kind", "record_id", name=op.f("uq_search_rows_kind_record_id")),
    )
    op.create_index(op.f("ix_search_rows_ambito_id"), "search_rows", ["ambito_id"])
    op.create_index(op.f("ix_search_rows_sorted_as"), "search_rows", ["sorted_as"])
    bounds = (
        "kind aside ambito_id service_kind evidence gone due_on half_until points criteria sorted_as".split()
    )
    op.create_index("ix_search_rows_bounds", "search_rows", bounds)
    for table, column in (("search_words", "word"), ("search_made", "edition")):
        op.create_table(
            table,
            sa.Column(column, sa.String(), nullable=False),
            sa.PrimaryKeyConstraint(column, name=op.f(f"pk_{table}")),
        )
    if postgres:
        # long words lie apart: counting by the other columns reads a narrow table
        op.execute("ALTER TABLE search_rows SET (toast_tuple_target = 256)")
        for column in ("name_words", "all_words"):
            op.create_index(f"search_gin_{column}", "search_rows", [column], postgresql_using="gin")
        return
    op.execute(
        f"CREATE VIRTUAL TABLE search_full USING fts5({NAMED}, content='search_rows', content_rowid='number', "
        "prefix='1 2 3', tokenize=\"unicode61 remove_diacritics 0 tokenchars '=_-'\")"
    )
    for name, does in TRIGGERS.items():
        op.execute(f"CREATE TRIGGER {name} {does}")


def downgrade() -> None:
    """Take them away."""
    if op.get_bind().dialect.name == "sqlite":
        for name in TRIGGERS:
            op.execute(f"DROP TRIGGER {name}")
        op.drop_table("search_full")
    for table in ("search_made", "search_words", "search_rows"):
        op.drop_table(table)
