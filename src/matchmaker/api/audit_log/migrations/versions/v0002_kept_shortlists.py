"""The table of working shortlists, which, unlike decisions, may change."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "kept_shortlists",
        sa.Column("id", sa.Text, primary_key=True),
        *(
            sa.Column(name, sa.Text, nullable=False)
            for name in ("sector", "recipient", "name", "changed", "content")
        ),
    )
    for name in ("recipient", "changed"):
        op.create_index(f"ix_kept_shortlists_{name}", "kept_shortlists", [name])


def downgrade() -> None:
    """Refuse: what has been kept is not thrown away."""
    raise NotImplementedError("what has been kept is not thrown away")
