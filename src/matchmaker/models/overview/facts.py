"""Facts on record of one organisation that a figure alone does not tell: judgements, interventions, ties."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from matchmaker.dates import format_date
from matchmaker.features.definition import Feature
from matchmaker.features.formatting import format_age, format_value, join_and
from matchmaker.features.membership import members_on
from matchmaker.features.profiles import Profiles
from matchmaker.features.types import FeatureValue, Profile
from matchmaker.models.overview.types import Fact
from matchmaker.models.scoring.records import (
    describe_intervention,
    interventions_on,
    joined_since,
    source_name,
)
from matchmaker.models.ties import ABSORBING, HELPED, HELPING, describe_tie, ties


def facts_of(profiles: Profiles, profile: Profile) -> tuple[Fact, ...]:
    """The facts on record of one organisation, as of the day of its profile."""
    return (
        *_membership(profiles, profile),
        *_judgements(profiles, profile),
        *_intervention(profiles, profile),
        *_ties(profiles, profile),
    )


def _membership(profiles: Profiles, profile: Profile) -> Iterator[Fact]:
    """What an organisation is part of, and since when; of one that is made of others, which they are."""
    snapshot, sector = profiles.snapshot, profiles.sector
    on_day = members_on(snapshot, profiles.as_of)
    if sector.membership is None or on_day.is_empty():
        return
    spells = snapshot.table(sector.membership.table).filter(pl.col("start") <= profiles.as_of)
    source = "source" if "source" in spells.columns else "group"
    for (group,) in on_day.filter(pl.col("member") == profile.code).select("group").iter_rows():
        own = spells.filter(pl.col("member") == profile.code, pl.col("group") == group).sort("start")
        last = own.row(-1, named=True)
        basis = f" ({last['basis']})" if last.get("basis") else ""
        text = f"Part of {_named(profiles, group)} since {format_date(last['start'])}{basis}."
        yield Fact("tie", text, last[source], None)
    members = on_day.filter(pl.col("group") == profile.code).rename({"member": "code"})
    if members.height:
        named = members.join(snapshot.organisations, on="code").sort("name", "code").select("name", "code")
        words = sector.words
        what = f"{named.height} {words.sites if named.height > 1 else words.site}"
        names = join_and([f"{name} ({code})" for name, code in named.iter_rows()])
        first = spells.filter(pl.col("group") == profile.code)[source][0]
        yield Fact("tie", f"Has {what}: {names}.", first, None)


def _judgements(profiles: Profiles, profile: Profile) -> Iterator[Fact]:
    """What regulators judged, how long ago, on what basis, and of which body."""
    cells = {cell.feature: cell for cell in profile.cells}
    for feature in profiles.features:
        if not feature.basis:
            continue
        cell = cells[feature.name]
        if cell.value is None:
            yield from _of_predecessors(profiles, profile, feature)
        elif cell.period_end is not None:
            yield _judgement(profiles, profile, cell, feature)


def _judgement(profiles: Profiles, profile: Profile, cell: FeatureValue, feature: Feature) -> Fact:
    day = cell.period_end or profile.as_of
    old = format_age(cell.months_old)
    text = f"{cell.label}: {cell.text}, of {format_date(day)} ({old} old), resting on {feature.basis}."
    text += joined_since(profiles.snapshot, profile.code, day, profile.as_of)
    return Fact("judgement", text, cell.source or "", day)


def _of_predecessors(profiles: Profiles, profile: Profile, feature: Feature) -> Iterator[Fact]:
    """The last judgement of each body that the organisation followed whole, where it has none itself."""
    snapshot, day = profiles.snapshot, profile.as_of
    followed = snapshot.successions.filter(
        (pl.col("new") == profile.code) & (pl.col("date") <= day) & ~pl.col("part")
    )
    known = snapshot.measures.filter(
        pl.col("code").is_in(followed["old"].implode()),
        pl.col("measure").is_in(feature.sources),
        pl.col("known_from") <= day,
    )
    last = known.sort("code", "period_end", "known_from").unique("code", keep="last", maintain_order=True)
    for code, value, end, source in last.select("code", "value", "period_end", "source").iter_rows():
        word = format_value(value, feature.unit, profiles.sector)
        text = (
            f"{feature.label}: none known of its own. {_named(profiles, code)}, which it followed, had "
            f"{word} of {format_date(end)}, resting on {feature.basis}."
        )
        yield Fact("judgement", text, source, end)


def _intervention(profiles: Profiles, profile: Profile) -> Iterator[Fact]:
    found = interventions_on(profiles.snapshot, profiles.as_of).get(profile.code)
    if found is not None:
        text = describe_intervention(found, profiles.sector)
        yield Fact("intervention", text, found.source, found.shown)


def _ties(profiles: Profiles, profile: Profile) -> Iterator[Fact]:
    """Ties in force, and joint leadership of which it is unknown whether it goes on."""
    for (code, other), known in ties(profiles.snapshot, profiles.as_of).items():
        if code != profile.code:
            continue
        name = _named(profiles, other)
        led_together = any(tie.is_joint and tie.state == "in_force" for tie in known)
        for tie in known:
            # Help by one that leads both is joint leadership told twice.
            if tie.state == "ended" or (led_together and not tie.is_joint):
                continue
            verb = {HELPING: "Helps", HELPED: "Is helped by", ABSORBING: "Is to take in"}.get(tie.kind)
            since = f" since {format_date(tie.since, tie.since_precision)}" if tie.since else ""
            text = (
                f"With {name}: {describe_tie(tie, profiles.sector)}"
                if tie.is_joint
                else f"{verb or 'Is to join'} {name}{since} ({tie.pairing}, {source_name(tie.source)})."
            )
            yield Fact("tie", text, tie.source, tie.seen)


def _named(profiles: Profiles, code: str) -> str:
    names = profiles.snapshot.organisations.filter(pl.col("code") == code)["name"]
    return f"{names[0]} ({code})" if len(names) else code
