"""The databases in which decisions and working shortlists are kept."""

from __future__ import annotations

from decision_databases import fresh_postgresql, log, postgresql, postgresql_server, small_disk, url

__all__ = ["fresh_postgresql", "log", "postgresql", "postgresql_server", "small_disk", "url"]
