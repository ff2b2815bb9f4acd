"""Named services: by which measures one service is judged, whatever the type of organisation that runs it.

A sector may list its services in `services.toml`. Their figures are no part of a profile: they are read only
where a question names a service (`with_services`), and each is compared among all that run that service.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Literal

import numpy as np
from pydantic import Field, ValidationError, model_validator

from matchmaker.cache import cached
from matchmaker.dates import format_date
from matchmaker.errors import BadFile, InvalidParameter, Issue
from matchmaker.features.definition import Feature, features
from matchmaker.features.formatting import format_value
from matchmaker.features.profiles import Profiles, profiles
from matchmaker.sector import Definition, Sector
from matchmaker.snapshot import Snapshot
from matchmaker.sources.publication import measures
from matchmaker.typing import Floats, Mask

PREFIX = "service_"
"""Before the name of a measure it makes the name of the feature of a service."""
STALE_AFTER_MONTHS = 24
_WHY = "What is published of how well this service is run."


class Service(Definition):
    """One service, and the measures by which it is judged."""

    name: str
    """By which questions name it."""
    label: str
    """Its title."""
    group: str
    """The heading under which it is listed."""
    higher: tuple[str, ...] = ()
    """Measures of which more is good."""
    lower: tuple[str, ...] = ()
    """Measures of which less is good."""
    over: str | None = None
    """A measure by which each is divided."""
    how: Literal["latest", "mean"] = "latest"
    """The `latest` value, or the `mean` of the year up to it."""
    volume: str | None = None
    """The measure of how much of it an organisation runs."""
    at_least: float = 0.0
    """The least volume whose figures can be judged by."""
    stale_after_months: int = Field(default=STALE_AFTER_MONTHS, ge=1)
    """Age from which a figure is too old to use."""

    @model_validator(mode="after")
    def _is_judged_by_something(self) -> Service:
        if not self.higher + self.lower:
            raise ValueError("a service needs a measure of which more, or less, is good")
        if (self.volume is None) != (self.at_least == 0):
            raise ValueError("volume and at_least go together")
        return self

    @property
    def feature_names(self) -> tuple[str, ...]:
        """The features by which it is judged."""
        return tuple(PREFIX + name for name in self.higher + self.lower)

    @property
    def phrase(self) -> str:
        """Its title in the middle of a sentence."""
        first, *rest = self.label.split(" ", 1)
        word = first if first.strip(",:").isupper() or "&" in first else first[:1].lower() + first[1:]
        return " ".join([word, *rest])


@cached
def services(sector: Sector) -> dict[str, Service]:
    """Every service of a sector by name, in the order of `services.toml`.

    Raises:
        BadFile: with every fault of the file.
    """
    issues, found, known = [], {}, measures(sector)
    for name, fields in sector.toml("services.toml").items():
        try:
            one = found[name] = Service.model_validate({"name": name, **fields})
        except ValidationError as error:
            issues += [
                Issue("services.toml", fault["msg"], column=".".join((name, *map(str, fault["loc"]))))
                for fault in error.errors()
            ]
            continue
        for measure in (*one.higher, *one.lower, one.over, one.volume):
            if measure is not None and measure not in known:
                issues.append(Issue("services.toml", "a measure of the catalogue", measure, column=name))
    if issues:
        raise BadFile(issues, "Mend the services.")
    return found


def service_named(sector: Sector, name: str) -> Service:
    """A service by its name or title, in any case.

    Raises:
        InvalidParameter: there is none of that name.
    """
    wanted = " ".join(name.casefold().replace("_", " ").split())
    for one in services(sector).values():
        if wanted in (one.name.replace("_", " "), " ".join(one.label.casefold().split())):
            return one
    step = f"The services are: {', '.join(services(sector)) or 'none'}."
    raise InvalidParameter(f"There is no service '{name}'.", step, ("service",))


@cached
def with_services(snapshot: Snapshot, day: date) -> Profiles:
    """Profiles as of a day that hold the figures of every service too; they come after all others."""
    sector = snapshot.sector
    own = {feature.name: feature for one in services(sector).values() for feature in _features(one, sector)}
    return profiles(snapshot, day, (*features(sector), *own.values()))


def _features(one: Service, sector: Sector) -> Iterator[Feature]:
    catalogue = measures(sector)
    for name in (*one.higher, *one.lower):
        over = "" if one.over is None else f" / {catalogue[one.over].unit}"
        yield Feature(
            name=PREFIX + name,
            dimension="",
            label=catalogue[name].label,
            unit=catalogue[name].unit + over,
            sources=(name,),
            over=one.over,
            how=one.how,
            direction="higher" if name in one.higher else "lower",
            similar=False,
            across_types=True,
            stale_after_months=one.stale_after_months,
            why=_WHY,
        )
    if one.volume is not None:
        yield Feature(
            name=f"{PREFIX}{one.volume}_volume",
            dimension="",
            label=catalogue[one.volume].label,
            unit=catalogue[one.volume].unit,
            sources=(one.volume,),
            similar=False,
            stale_after_months=one.stale_after_months,
            why=_WHY,
        )


def known_services(on_day: Profiles) -> tuple[str, ...]:
    """The services of which a current figure of anybody is known.

    Args:
        on_day: of `with_services`.
    """
    return tuple(
        name for name, one in services(on_day.sector).items() if not np.isnan(_values(on_day, one)).all()
    )


def runs(on_day: Profiles, one: Service) -> Mask:
    """(n,) which organisations are shown to run a service, and enough of it to be judged.

    Args:
        on_day: of `with_services`.
        one: the service.
    """
    mask: Mask = ~np.isnan(_values(on_day, one)).all(axis=1) & ~_too_little(on_day, one)
    return mask


def does_not_run(on_day: Profiles, one: Service, at: int) -> str:
    """Why an organisation does not count among those that run a service, in a sentence."""
    if _too_little(on_day, one)[at]:
        column = on_day.column[f"{PREFIX}{one.volume}_volume"]
        feature = on_day.features[column]
        text = format_value(float(on_day.values[at, column]), feature.unit, on_day.sector)
        return f"It runs too little of it to judge by: {one.phrase} ({feature.label}: {text})."
    return f"No current figure shows that it runs {one.phrase}."


def check_known(on_day: Profiles, one: Service) -> None:
    """Check that a service can be asked about on a day.

    Raises:
        InvalidParameter: nothing current is known of it; the services that can be are named.
    """
    known = known_services(on_day)
    if one.name not in known:
        text = f"No current figure of {one.phrase} was known on {format_date(on_day.as_of)}."
        step = f"Known on that day: {', '.join(known) or 'no service'}."
        raise InvalidParameter(text, step, ("service",))


def _values(on_day: Profiles, one: Service) -> Floats:
    columns = [on_day.column[name] for name in one.feature_names]
    found: Floats = on_day.values[:, columns]
    return found


def _too_little(on_day: Profiles, one: Service) -> Mask:
    """(n,) whose known volume is too small; an unknown one is not."""
    if one.volume is None:
        return np.zeros(len(on_day.types), dtype=bool)
    small: Mask = on_day.values[:, on_day.column[f"{PREFIX}{one.volume}_volume"]] < one.at_least
    return small
