"""What is known of a cell of a profile."""

from __future__ import annotations

UNKNOWN, KNOWN, STALE, NOT_APPLICABLE = "unknown", "known", "stale", "not applicable"
