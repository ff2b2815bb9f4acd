"""Early signs of trouble (E22), as of any day: figures among the worst fifth of a trust's own kind.

Nothing here is learned. What the signs were worth in the past is counted in `track_record`.
"""

from __future__ import annotations

import math
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Annotated

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from matchmaker.errors import Issue, IssueList
from matchmaker.features.definition import Feature, features
from matchmaker.features.profiles import Profiles
from matchmaker.typing import Floats

FILE = "early_warning.toml"
WORST = 0.2
"""A figure is a sign where its standing among its kind is at or below this share."""
ENOUGH = 0.5
"""Signs are counted where at least this share of those that apply to the kind is known."""


class Sign(BaseModel):
    """One early sign.

    Attributes:
        name: short name.
        label: what it says where it is shown.
        sources: features with a direction; the first that is known of a trust counts.
        evidence, why: what it rests on.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    name: str
    label: str = Field(min_length=3)
    sources: Annotated[tuple[str, ...], Field(alias="from", min_length=1)]
    evidence: tuple[Annotated[str, Field(pattern=r"^E\d+$")], ...] = ()
    why: str = Field(min_length=10)


@dataclass(frozen=True, slots=True)
class Reading:
    """What one sign says of one trust on a day.

    Attributes:
        shown: whether the figure is among the worst fifth; None where it is unknown or too old.
        feature: the feature that was read; None where none is known.
    """

    sign: str
    label: str
    shown: bool | None
    feature: str | None


@cache
def signs() -> tuple[Sign, ...]:
    """Every sign, in the order of its file.

    Raises:
        BadFile: with every fault of the file.
    """
    return parsed((files("matchmaker.sectors.nhs") / FILE).read_text("utf-8"))


def parsed(text: str) -> tuple[Sign, ...]:
    """The signs that a TOML text defines.

    Raises:
        BadFile: with every fault.
    """
    faults = IssueList()
    directions = {feature.name: feature.direction for feature in features()}
    found = []
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        faults.add(Issue(FILE, f"TOML ({error})"))
        content = {}
    for name, fields in content.items():
        try:
            found.append(Sign(name=name, **fields))
        except ValidationError as error:
            for one in error.errors():
                where = ".".join(str(part) for part in one["loc"])
                faults.add(Issue(FILE, one["msg"], str(one["input"])[:60], column=f"{name}.{where}"))
            continue
        for source in found[-1].sources:
            if directions.get(source, "none") == "none":
                faults.add(Issue(FILE, "a feature with a direction", source, column=f"{name}.from"))
    faults.raise_if_any("Mend the signs.")
    return tuple(found)


def features_read() -> tuple[Feature, ...]:
    """The features that the signs read: enough of a profile to see them."""
    wanted = {source for sign in signs() for source in sign.sources}
    return tuple(feature for feature in features() if feature.name in wanted)


def readings(profiles: Profiles) -> Floats:
    """Which signs each trust shows.

    Returns:
        (n_organisations, n_signs): 1 shown, 0 not shown, NaN unknown.
    """
    out = np.full((len(profiles.types), len(signs())), np.nan)
    for at, sign in enumerate(signs()):
        for source in sign.sources:
            standing = profiles.standings[:, profiles.column[source]]
            shown = np.where(np.isnan(standing), np.nan, standing <= WORST)
            out[:, at] = np.where(np.isnan(out[:, at]), shown, out[:, at])
    return out


def counts(profiles: Profiles) -> Floats:
    """(n_organisations,) how many signs each trust shows; NaN where too few are known to say."""
    read = readings(profiles)
    known = (~np.isnan(read)).sum(axis=1)
    need = np.array([max(1.0, ENOUGH * len(applying(org_type))) for org_type in profiles.types])
    return np.where(known >= need, np.nansum(read, axis=1), np.nan)


@cache
def applying(org_type: str) -> tuple[Sign, ...]:
    """The signs that can be shown by a kind of trust."""
    types = {feature.name: feature.types for feature in features()}
    return tuple(
        sign for sign in signs() if any(not types[name] or org_type in types[name] for name in sign.sources)
    )


def readings_of(profiles: Profiles, code: str) -> tuple[Reading, ...]:
    """What each sign that applies to its kind says of one trust.

    Raises:
        KeyError: it is not among the organisations of the profiles.
    """
    row = profiles.position[code]
    read = readings(profiles)[row]
    out = []
    for at, sign in enumerate(signs()):
        if sign not in applying(str(profiles.types[row])):
            continue
        standings = {source: profiles.standings[row, profiles.column[source]] for source in sign.sources}
        source = next((name for name, standing in standings.items() if not math.isnan(standing)), None)
        out.append(Reading(sign.name, sign.label, None if source is None else bool(read[at]), source))
    return tuple(out)
