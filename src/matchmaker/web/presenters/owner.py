"""The owner as the settings name it, and what the operator has not yet said."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import fields
from pathlib import Path

from matchmaker.api.settings import Settings
from matchmaker.errors import InvalidParameter
from matchmaker.sector import Sector
from matchmaker.web.owner import Owner
from matchmaker.web.presenters.atrs import record_of

PREFIX = "owner_"
"""How the settings begin that name the owner."""


def owner_of(settings: Settings, sectors: Iterable[Sector]) -> Owner:
    """The owner as the settings name it.

    Args:
        settings: of the service.
        sectors: whose transparency records a file of further fields may fill.

    Raises:
        InvalidParameter: that file can't be read, or names a field that no record has.
    """
    named = {one.name: getattr(settings, PREFIX + one.name) for one in fields(Owner) if one.name != "record"}
    return Owner(**named, record=_record(settings.owner_record, sectors) if settings.owner_record else ())


def left_to_owner(owner: Owner, sector: Sector) -> list[tuple[str, str]]:
    """Fields of a sector's transparency record that nobody has filled in, and what belongs there."""
    record = record_of(sector)
    return [
        (one.name, one.yours)
        for section in (record.sections if record else ())
        for one in section.fields
        if one.yours and not one.by_owner(owner)
    ]


def _record(file: Path, sectors: Iterable[Sector]) -> tuple[tuple[str, str], ...]:
    try:
        given = tomllib.loads(file.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        text = f"MATCHMAKER_OWNER_RECORD: {file} can't be read: {error}."
        raise InvalidParameter(text, "'matchmaker owner template' makes one to fill in.") from error
    records = [record for sector in sectors if (record := record_of(sector))]
    known = {one.name for record in records for section in record.sections for one in section.fields}
    for name, text in given.items():
        if name not in known or not isinstance(text, str):
            fault = "is no text" if name in known else "is no field of a transparency record"
            raise InvalidParameter(
                f"MATCHMAKER_OWNER_RECORD: '{name}' {fault}.",
                "'matchmaker owner template' shows the fields.",
            )
    return tuple((name, text.strip()) for name, text in given.items() if text.strip())
