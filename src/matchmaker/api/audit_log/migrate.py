"""Brings the log's tables to the form that this version needs."""

from __future__ import annotations

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine

from matchmaker.api.audit_log.database import writing
from matchmaker.api.audit_log.errors import DecisionLogUnavailable


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", "matchmaker.api.audit_log:migrations")
    config.set_main_option("path_separator", "os")
    return config


def newest() -> str | None:
    """The form that this version needs."""
    return ScriptDirectory.from_config(_config()).get_current_head()


def known_or_refused(form: str | None) -> str | None:
    """The form of a database.

    Raises:
        DecisionLogUnavailable: this version does not know it.
    """
    known = {script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions()}
    if form is not None and form not in known:
        raise DecisionLogUnavailable(
            f"The decision log has form {form}, which a newer version of matchmaker made.",
            "Use that version, or a newer one.",
        )
    return form


def current(engine: Engine) -> str | None:
    """The form that the database has; None where it has none."""
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def migrate(engine: Engine) -> None:
    """Bring it to the newest form, all of it or nothing, one program at a time."""
    config = _config()
    with writing(engine) as connection:
        known_or_refused(MigrationContext.configure(connection).get_current_revision())
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
