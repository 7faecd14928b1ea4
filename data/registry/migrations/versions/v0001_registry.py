"""The first tables of the registry."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "v0001"
down_revision = None
branch_labels = None
depends_on = None


def record() -> list[sa.Column[Any]]:
    """What every kind of record has."""
    return [
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("ambito_id", sa.String(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("changed_at", sa.DateTime(), nullable=False),
        sa.Column("deleted_at", sa.DateTime(), nullable=True),
        sa.Column("evidence", sa.String(), nullable=False),
        sa.Column("source_url", sa.String(), nullable=True),
        sa.Column("source_date", sa.String(), nullable=True),
        sa.Column("source_kind", sa.String(), nullable=True),
        sa.Column("notes", sa.String(), nullable=True),
        sa.Column("caution", sa.String(), nullable=True),
        sa.Column("confirmed_on", sa.Date(), nullable=True),
        sa.Column("confirmed_by", sa.String(), nullable=True),
        sa.Column("confirm_every_months", sa.Integer(), nullable=False),
    ]


def place() -> list[sa.Column[Any]]:
    """Where it is."""
    return [
        sa.Column("address", sa.String(), nullable=True),
        sa.Column("postcode", sa.String(), nullable=True),
        sa.Column("comune_code", sa.String(), nullable=True),
        sa.Column("province", sa.String(), nullable=True),
        sa.Column("lon", sa.Double(), nullable=True),
        sa.Column("lat", sa.Double(), nullable=True),
        sa.Column("precision", sa.String(), nullable=True),
    ]


def rules(table: str, **more: str) -> list[sa.CheckConstraint]:
    """What every kind of record keeps, and more."""
    kept = {
        "version": "version >= 1",
        "evidence": "evidence IN ('A', 'B', 'C', 'D')",
        "interval": "confirm_every_months IN (1, 3, 6, 12)",
        "confirmed": "(confirmed_on IS NULL) = (confirmed_by IS NULL)",
        **more,
    }
    return [sa.CheckConstraint(rule, name=op.f(f"ck_{table}_{name}")) for name, rule in kept.items()]


def upgrade() -> None:
    """Do this step."""
    op.create_table(
        "accounts",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("password", sa.String(), nullable=True),
        sa.Column("oidc", sa.String(), nullable=True),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("ambiti", sa.JSON(), nullable=True),
        sa.Column("email", sa.String(), nullable=True),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("disabled_at", sa.DateTime(), nullable=True),
        sa.CheckConstraint("role IN ('ambito', 'regione')", name=op.f("ck_accounts_role")),
        sa.CheckConstraint("(password IS NULL) <> (oidc IS NULL)", name=op.f("ck_accounts_one_way_in")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accounts")),
        sa.UniqueConstraint("name", name=op.f("uq_accounts_name")),
        sa.UniqueConstraint("oidc", name=op.f("uq_accounts_oidc")),
    )
    op.create_table(
        "associazioni",
        *record(),
        *place(),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("communities", sa.JSON(), nullable=True),
        sa.Column("activities", sa.JSON(), nullable=True),
        sa.Column("languages", sa.JSON(), nullable=True),
        sa.Column("description", sa.String(), nullable=True),
        sa.Column("phone", sa.String(), nullable=True),
        sa.Column("email", sa.String(), nullable=True),
        sa.Column("web", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_associazioni")),
        *rules("associazioni", point="(lon IS NULL) = (lat IS NULL)"),
    )
    op.create_index(op.f("ix_associazioni_ambito_id"), "associazioni", ["ambito_id"], unique=False)
    op.create_index(op.f("ix_associazioni_comune_code"), "associazioni", ["comune_code"], unique=False)
    op.create_table(
        "attempts",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attempts")),
    )
    op.create_index(op.f("ix_attempts_subject_at"), "attempts", ["subject", "at"], unique=False)
    op.create_table(
        "changes",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("batch", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("who", sa.String(), nullable=False),
        sa.Column("how", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("record_id", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("before", sa.String(), nullable=True),
        sa.Column("after", sa.String(), nullable=False),
        sa.Column("undoes", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["undoes"], ["changes.id"], name=op.f("fk_changes_undoes")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_changes")),
        sa.UniqueConstraint("kind", "record_id", "version", name=op.f("uq_changes_kind_record_id_version")),
    )
    op.create_index(op.f("ix_changes_at"), "changes", ["at"], unique=False)
    op.create_index(op.f("ix_changes_batch"), "changes", ["batch"], unique=False)
    op.create_index(op.f("ix_changes_who"), "changes", ["who"], unique=False)
    op.create_table(
        "enti",
        *record(),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=True),
        sa.Column("phone", sa.String(), nullable=True),
        sa.Column("email", sa.String(), nullable=True),
        sa.Column("web", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enti")),
        *rules("enti"),
    )
    op.create_index(op.f("ix_enti_ambito_id"), "enti", ["ambito_id"], unique=False)
    op.create_table(
        "letters",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("recipient", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("written_on", sa.Date(), nullable=False),
        sa.Column("taken_at", sa.DateTime(), nullable=True),
        sa.Column("sent_at", sa.DateTime(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("last_fault", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letters")),
    )
    op.create_index(op.f("ix_letters_sent_at"), "letters", ["sent_at"], unique=False)
    op.create_table(
        "links",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("records", sa.JSON(), nullable=False),
        sa.Column("ambiti", sa.JSON(), nullable=True),
        sa.Column("label", sa.String(), nullable=False),
        sa.Column("created_by", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("expires_at", sa.DateTime(), nullable=False),
        sa.Column("revoked_at", sa.DateTime(), nullable=True),
        sa.Column("revoked_by", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_links")),
    )
    op.create_table(
        "seedings",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("report", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_seedings")),
    )
    op.create_table(
        "mediazione",
        *record(),
        sa.Column("ente_id", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("province", sa.String(), nullable=True),
        sa.Column("areas", sa.JSON(), nullable=True),
        sa.Column("areas_basis", sa.String(), nullable=True),
        sa.Column("area_note", sa.String(), nullable=True),
        sa.Column("settings", sa.JSON(), nullable=True),
        sa.Column("languages", sa.JSON(), nullable=True),
        sa.Column("hours_note", sa.String(), nullable=True),
        sa.Column("figures", sa.String(), nullable=True),
        sa.Column("services", sa.String(), nullable=True),
        sa.Column("web", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["ente_id"], ["enti.id"], name=op.f("fk_mediazione_ente_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mediazione")),
        *rules("mediazione"),
    )
    op.create_index(op.f("ix_mediazione_ambito_id"), "mediazione", ["ambito_id"], unique=False)
    op.create_index(op.f("ix_mediazione_ente_id"), "mediazione", ["ente_id"], unique=False)
    op.create_table(
        "reminders",
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("record_id", sa.String(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("letter_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["letter_id"], ["letters.id"], name=op.f("fk_reminders_letter_id")),
        sa.PrimaryKeyConstraint("kind", "record_id", "due_on", name=op.f("pk_reminders")),
    )
    op.create_index(op.f("ix_reminders_letter_id"), "reminders", ["letter_id"], unique=False)
    op.create_table(
        "sostegni",
        *record(),
        sa.Column("school_id", sa.String(), nullable=False),
        sa.Column("ente_id", sa.String(), nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("languages", sa.JSON(), nullable=True),
        sa.Column("hours_a_year", sa.Integer(), nullable=True),
        sa.Column("description", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["ente_id"], ["enti.id"], name=op.f("fk_sostegni_ente_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sostegni")),
        *rules("sostegni", hours="hours_a_year IS NULL OR hours_a_year >= 1"),
    )
    op.create_index(op.f("ix_sostegni_ambito_id"), "sostegni", ["ambito_id"], unique=False)
    op.create_index(op.f("ix_sostegni_ente_id"), "sostegni", ["ente_id"], unique=False)
    op.create_index(op.f("ix_sostegni_school_id"), "sostegni", ["school_id"], unique=False)
    op.create_table(
        "sportelli",
        *record(),
        *place(),
        sa.Column("ente_id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("themes", sa.JSON(), nullable=True),
        sa.Column("targets", sa.JSON(), nullable=True),
        sa.Column("access", sa.JSON(), nullable=True),
        sa.Column("access_note", sa.String(), nullable=True),
        sa.Column("cost", sa.String(), nullable=True),
        sa.Column("areas", sa.JSON(), nullable=True),
        sa.Column("closures", sa.JSON(), nullable=True),
        sa.Column("description", sa.String(), nullable=True),
        sa.Column("phone", sa.String(), nullable=True),
        sa.Column("email", sa.String(), nullable=True),
        sa.Column("web", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["ente_id"], ["enti.id"], name=op.f("fk_sportelli_ente_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sportelli")),
        *rules("sportelli", point="(lon IS NULL) = (lat IS NULL)"),
    )
    op.create_index(op.f("ix_sportelli_ambito_id"), "sportelli", ["ambito_id"], unique=False)
    op.create_index(op.f("ix_sportelli_comune_code"), "sportelli", ["comune_code"], unique=False)
    op.create_index(op.f("ix_sportelli_ente_id"), "sportelli", ["ente_id"], unique=False)
    op.create_table(
        "sessioni",
        *record(),
        sa.Column("sportello_id", sa.String(), nullable=False),
        sa.Column("hours", sa.String(), nullable=True),
        sa.Column("hours_note", sa.String(), nullable=True),
        sa.Column("reception", sa.String(), nullable=True),
        sa.Column("languages", sa.JSON(), nullable=True),
        sa.Column("mediator", sa.String(), nullable=True),
        sa.Column("capacity", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["sportello_id"], ["sportelli.id"], name=op.f("fk_sessioni_sportello_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sessioni")),
        *rules("sessioni", capacity="capacity IS NULL OR capacity >= 1"),
    )
    op.create_index(op.f("ix_sessioni_ambito_id"), "sessioni", ["ambito_id"], unique=False)
    op.create_index(op.f("ix_sessioni_sportello_id"), "sessioni", ["sportello_id"], unique=False)


def downgrade() -> None:
    """Take this step back."""
    op.drop_index(op.f("ix_sessioni_sportello_id"), table_name="sessioni")
    op.drop_index(op.f("ix_sessioni_ambito_id"), table_name="sessioni")
    op.drop_table("sessioni")
    op.drop_index(op.f("ix_sportelli_ente_id"), table_name="sportelli")
    op.drop_index(op.f("ix_sportelli_comune_code"), table_name="sportelli")
    op.drop_index(op.f("ix_sportelli_ambito_id"), table_name="sportelli")
    op.drop_table("sportelli")
    op.drop_index(op.f("ix_sostegni_school_id"), table_name="sostegni")
    op.drop_index(op.f("ix_sostegni_ente_id"), table_name="sostegni")
    op.drop_index(op.f("ix_sostegni_ambito_id"), table_name="sostegni")
    op.drop_table("sostegni")
    op.drop_index(op.f("ix_reminders_letter_id"), table_name="reminders")
    op.drop_table("reminders")
    op.drop_index(op.f("ix_mediazione_ente_id"), table_name="mediazione")
    op.drop_index(op.f("ix_mediazione_ambito_id"), table_name="mediazione")
    op.drop_table("mediazione")
    op.drop_table("seedings")
    op.drop_table("links")
    op.drop_index(op.f("ix_letters_sent_at"), table_name="letters")
    op.drop_table("letters")
    op.drop_index(op.f("ix_enti_ambito_id"), table_name="enti")
    op.drop_table("enti")
    op.drop_index(op.f("ix_changes_who"), table_name="changes")
    op.drop_index(op.f("ix_changes_batch"), table_name="changes")
    op.drop_index(op.f("ix_changes_at"), table_name="changes")
    op.drop_table("changes")
    op.drop_index(op.f("ix_attempts_subject_at"), table_name="attempts")
    op.drop_table("attempts")
    op.drop_index(op.f("ix_associazioni_comune_code"), table_name="associazioni")
    op.drop_index(op.f("ix_associazioni_ambito_id"), table_name="associazioni")
    op.drop_table("associazioni")
    op.drop_table("accounts")
