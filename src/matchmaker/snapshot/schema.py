"""The tables of a snapshot: columns, keys and what each cell may hold (checked when built)."""

from __future__ import annotations

import dataframely as dy
import polars as pl

from matchmaker.sector import Sector

PRECISION = r"^(day|month|year)$"
LEVEL = r"^(high|medium|low)$"
SCOPE = r"^(whole|part|service|one_leader)$"
"""How much of the recipient was helped; `one_leader` is one person of the partner's in both."""
KIND_OF_PLACE = r"^(main|site)$"
KIND_OF_NAME = r"^(former|abbreviation|other)$"
STATUS = r"^(completed|ongoing|abandoned)$"


class Organisations(dy.Schema):
    """Every organisation that is or was, under its latest name."""

    code = dy.String(primary_key=True, min_length=1)
    name = dy.String(min_length=2)
    type = dy.String()
    type_basis = dy.String(nullable=True)
    region = dy.String(nullable=True)
    locality_code = dy.String(nullable=True)
    locality = dy.String(nullable=True)
    opened = dy.Date(nullable=True)
    closed = dy.Date(nullable=True)
    latitude = dy.Float64(nullable=True, min=-90.0, max=90.0)
    longitude = dy.Float64(nullable=True, min=-180.0, max=180.0)
    coordinate_basis = dy.String(nullable=True)

    @dy.rule()
    def opens_before_it_closes(cls) -> pl.Expr:
        """No organisation that closes before it opens."""
        return (
            (pl.col("opened") <= pl.col("closed")) | pl.col("opened").is_null() | pl.col("closed").is_null()
        )


class Names(dy.Schema):
    """Former and other names, so that an old name still finds its organisation."""

    code = dy.String(primary_key=True)
    name = dy.String(primary_key=True, min_length=2)
    kind = dy.String(regex=KIND_OF_NAME)


class SiteNames(dy.Schema):
    """Places that people name when they mean an organisation, with the codes and names of the lists.

    A site is one row for each of its names and each organisation that it belonged to. `place` is where it
    is, as far as that tells it apart; the place of a `main` site may be said for its organisation.
    """

    code = dy.String(primary_key=True, min_length=1)
    name = dy.String(primary_key=True, min_length=2)
    organisation = dy.String(primary_key=True)
    place = dy.String(nullable=True)
    main = dy.Bool()
    opened = dy.Date(nullable=True)
    closed = dy.Date(nullable=True)
    known_from = dy.Date()
    source = dy.String()


class OtherBodies(dy.Schema):
    """Bodies that are no organisations of the sector and are named as if they were, by each of their names.

    `label` says what one is ("county council"), `organisations` the codes, with spaces between, of the
    organisations that belong or belonged to it.
    """

    name = dy.String(primary_key=True, min_length=2)
    code = dy.String(nullable=True)
    label = dy.String(min_length=2)
    organisations = dy.String(nullable=True)


class Successions(dy.Schema):
    """Which organisation followed which; `part` where the services went to several."""

    old = dy.String(primary_key=True)
    new = dy.String(primary_key=True)
    date = dy.Date()
    part = dy.Bool()
    basis = dy.String(nullable=True)
    source = dy.String()


class Measures(dy.Schema):
    """Published figures in long form; one row per organisation, measure, period and source."""

    code = dy.String(primary_key=True)
    measure = dy.String(primary_key=True)
    period_start = dy.Date(primary_key=True)
    period_end = dy.Date(primary_key=True)
    value = dy.Float64()
    unit = dy.String()
    source = dy.String(primary_key=True)
    file = dy.String()
    known_from = dy.Date()

    @dy.rule()
    def known_after_it_ends(cls) -> pl.Expr:
        """No figure that is known before its period ends."""
        return pl.col("known_from") >= pl.col("period_end")

    @dy.rule()
    def starts_before_it_ends(cls) -> pl.Expr:
        """No period that begins after its end."""
        return pl.col("period_start") <= pl.col("period_end")


class Conflicts(dy.Schema):
    """Figures on which two sources differ by more than 1 %: which one is preferred, and the other value."""

    code = dy.String(primary_key=True)
    measure = dy.String(primary_key=True)
    period_start = dy.Date(primary_key=True)
    period_end = dy.Date(primary_key=True)
    source = dy.String()
    value = dy.Float64()
    other_source = dy.String(primary_key=True)
    other_value = dy.Float64()


class Quarantine(dy.Schema):
    """Figures as found in their files that are no measures, because they can't be right, and why."""

    code = dy.String(primary_key=True)
    measure = dy.String(primary_key=True)
    period_start = dy.Date(primary_key=True)
    period_end = dy.Date(primary_key=True)
    value = dy.Float64()
    unit = dy.String()
    source = dy.String(primary_key=True)
    file = dy.String()
    known_from = dy.Date()
    reason = dy.String()


class Attributes(dy.Schema):
    """Published facts that are words: type labels, networks, record systems."""

    code = dy.String(primary_key=True)
    attribute = dy.String(primary_key=True)
    value = dy.String()
    known_from = dy.Date(primary_key=True)
    source = dy.String(primary_key=True)


class Pairings(dy.Schema):
    """Partnerships that happened or were tried, with dates, nature, outcome and source.

    `leadership` is what the two shared from the start, in a word of the sector's.
    """

    pairing_id = dy.String(primary_key=True)
    recipient = dy.String()
    partner = dy.String()
    kind = dy.String()
    nature = dy.String(nullable=True)
    status = dy.String(regex=STATUS)
    outcome = dy.String(nullable=True)
    scope = dy.String(regex=SCOPE)
    start = dy.Date()
    start_precision = dy.String(regex=PRECISION)
    end = dy.Date(nullable=True)
    end_precision = dy.String(nullable=True, regex=PRECISION)
    leadership = dy.String(nullable=True)
    rating_before = dy.String(nullable=True)
    rating_after = dy.String(nullable=True)
    rating_before_basis = dy.String(nullable=True)
    rating_after_basis = dy.String(nullable=True)
    regime_context = dy.String(nullable=True)
    confidence = dy.String(regex=LEVEL)
    code_confidence = dy.String(regex=LEVEL)
    source = dy.String()
    source2 = dy.String(nullable=True)
    notes = dy.String(nullable=True)


class Interventions(dy.Schema):
    """Spells under formal intervention by a regulator.

    `seen` is the last day on which a source shows a spell running whose end was not read; `reported` the day
    on which a spell came out, where that was later than its entry or than `seen`.
    """

    spell_id = dy.String(primary_key=True)
    code = dy.String()
    regime = dy.String()
    entry = dy.Date(nullable=True)
    entry_precision = dy.String(nullable=True, regex=PRECISION)
    exit = dy.Date(nullable=True)
    exit_precision = dy.String(nullable=True, regex=PRECISION)
    exit_known = dy.Bool()
    seen = dy.Date(nullable=True)
    reported = dy.Date(nullable=True)
    entry_reason = dy.String(nullable=True)
    rating_at_entry = dy.String(nullable=True)
    rating_at_exit = dy.String(nullable=True)
    confidence = dy.String(regex=LEVEL)
    code_confidence = dy.String(regex=LEVEL)
    source = dy.String()
    source2 = dy.String(nullable=True)
    notes = dy.String(nullable=True)


class Groups(dy.Schema):
    """Organisations under joint leadership."""

    code = dy.String()
    as_of = dy.Date()
    leadership = dy.String(nullable=True)
    group_name = dy.String(nullable=True)
    source = dy.String()
    confidence = dy.String(nullable=True, regex=LEVEL)


class Places(dy.Schema):
    """Where organisations are: the main place that distances are measured from, and the sites of each.

    Every row comes from a dated list. On a day, those of an organisation's latest list by then hold; before
    its first list, those of the first.
    """

    code = dy.String(primary_key=True)
    kind = dy.String(primary_key=True, regex=KIND_OF_PLACE)
    name = dy.String(primary_key=True)
    known_from = dy.Date(primary_key=True)
    latitude = dy.Float64(min=-90.0, max=90.0)
    longitude = dy.Float64(min=-180.0, max=180.0)
    basis = dy.String()
    source = dy.String()


TABLES: dict[str, type[dy.Schema]] = {
    "organisations": Organisations,
    "names": Names,
    "site_names": SiteNames,
    "other_bodies": OtherBodies,
    "successions": Successions,
    "places": Places,
    "measures": Measures,
    "conflicts": Conflicts,
    "quarantine": Quarantine,
    "attributes": Attributes,
    "pairings": Pairings,
    "interventions": Interventions,
    "groups": Groups,
}
"""The tables that every snapshot has, whatever its sector."""


def schemas(sector: Sector) -> dict[str, type[dy.Schema]]:
    """Every table of a sector's snapshots: those of the engine, and the sector's own (hook `tables`)."""
    return TABLES | (sector.hook("tables") or {})
