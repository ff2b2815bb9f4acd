"""What came of a decision: a column of the entries that say so, empty in all others."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; entries on record stay as they are."""
    op.add_column("decisions", sa.Column("outcome", sa.Text, nullable=True))


def downgrade() -> None:
    """Refuse: what has been recorded is not taken back."""
    raise NotImplementedError("the decision log is append-only")
