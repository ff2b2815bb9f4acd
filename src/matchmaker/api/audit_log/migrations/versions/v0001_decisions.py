"""The table, and the triggers that let it only grow."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

APPEND_ONLY = "the decision log is append-only"
BROKEN = "an entry must follow the last one"

# INSERT OR REPLACE deletes without a delete trigger, so inserts are checked as well.
SQLITE = (
    *(
        f"""CREATE TRIGGER decisions_{change} BEFORE {change} ON decisions
        BEGIN SELECT RAISE(ABORT, '{APPEND_ONLY}'); END"""
        for change in ("update", "delete")
    ),
    f"""CREATE TRIGGER decisions_insert BEFORE INSERT ON decisions
    WHEN NEW.number IS NOT (SELECT coalesce(max(number), 0) + 1 FROM decisions)
    OR NEW.previous IS NOT
        coalesce((SELECT hash FROM decisions ORDER BY number DESC LIMIT 1), '{"0" * 64}')
    BEGIN SELECT RAISE(ABORT, '{BROKEN}'); END""",
)
POSTGRESQL = (
    f"""CREATE FUNCTION decisions_refuse() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION '{APPEND_ONLY}'; END $$""",
    f"""CREATE FUNCTION decisions_follow() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF NEW.number IS DISTINCT FROM (SELECT coalesce(max(number), 0) + 1 FROM decisions)
    OR NEW.previous IS DISTINCT FROM
        coalesce((SELECT hash FROM decisions ORDER BY number DESC LIMIT 1), '{"0" * 64}')
    THEN RAISE EXCEPTION '{BROKEN}'; END IF; RETURN NEW; END $$""",
    """CREATE TRIGGER decisions_change BEFORE UPDATE OR DELETE ON decisions
    FOR EACH ROW EXECUTE FUNCTION decisions_refuse()""",
    """CREATE TRIGGER decisions_truncate BEFORE TRUNCATE ON decisions
    FOR EACH STATEMENT EXECUTE FUNCTION decisions_refuse()""",
    """CREATE TRIGGER decisions_insert BEFORE INSERT ON decisions
    FOR EACH ROW EXECUTE FUNCTION decisions_follow()""",
)
NEEDED = (
    *("at", "who", "recipient", "recipient_name", "arrangement", "as_of", "snapshot", "method", "version"),
    *("query", "options", "shown", "choice", "reason", "previous", "hash"),
)


def upgrade() -> None:
    """Make the table and its triggers."""
    op.create_table(
        "decisions",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in NEEDED),
        *(sa.Column(name, sa.Text, nullable=True) for name in ("key", "chosen", "chosen_name")),
    )
    op.create_index("ix_decisions_recipient", "decisions", ["recipient"])
    for statement in SQLITE if op.get_bind().dialect.name == "sqlite" else POSTGRESQL:
        op.execute(statement)


def downgrade() -> None:
    """Refuse: what has been recorded is not taken back."""
    raise NotImplementedError(APPEND_ONLY)
