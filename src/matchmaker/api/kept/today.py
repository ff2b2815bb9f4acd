"""A working shortlist beside the figures of today: each option's facts, and its rank now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from matchmaker.api.kept.changes import ALL_RANKS
from matchmaker.api.kept.shortlist import KeptOption, KeptShortlist
from matchmaker.errors import MatchmakerError
from matchmaker.features.profiles import Profiles
from matchmaker.models.arrangement import Arrangement, arrangements
from matchmaker.models.engine import Matchmaker
from matchmaker.models.fact_rows import fact_rows
from matchmaker.models.key_facts import KeyFact
from matchmaker.models.query import ShortlistQuery


@dataclass(frozen=True, slots=True)
class OptionToday:
    """One kept option, with what is known of it today."""

    option: KeptOption
    """As it was kept."""
    facts: tuple[KeyFact, ...]
    """On record today; empty where it has closed."""
    rank: int | None = None
    """Its rank today on the list that it came from."""
    left_out: tuple[str, ...] = ()
    """Why rules leave it out today."""
    problem: str = ""
    """Why the list that it came from can't be made today."""

    @property
    def closed(self) -> bool:
        """Whether there is no such organisation today."""
        return not self.facts

    @property
    def moved(self) -> bool:
        """Whether its rank is not what it was, or rules leave it out now and did not, or the other way."""
        return not self.problem and self.rank != self.option.rank


@dataclass(frozen=True, slots=True)
class Section:
    """What was kept for one form of partnership."""

    name: str
    """Of the form of partnership."""
    label: str
    """As people read it."""
    options: tuple[OptionToday, ...]
    """In the order in which they were kept; those ruled out too."""
    recipient_facts: tuple[KeyFact, ...]
    """Of the organisation that needs a partner; empty where it has closed."""

    @property
    def considered(self) -> tuple[OptionToday, ...]:
        """Those that nobody has ruled out."""
        return tuple(one for one in self.options if one.option.ruled_out is None)

    @property
    def ruled_out(self) -> tuple[OptionToday, ...]:
        """The others."""
        return tuple(one for one in self.options if one.option.ruled_out is not None)


@dataclass(frozen=True, slots=True)
class KeptToday:
    """A working shortlist beside the figures of today."""

    kept: KeptShortlist
    """As people made it."""
    sections: tuple[Section, ...]
    """One for each form of partnership in it."""
    as_of: date
    """Day of the figures."""
    snapshot: str
    """Content hash of the figures."""


def kept_today(engine: Matchmaker, kept: KeptShortlist) -> KeptToday:
    """A working shortlist beside the figures of today.

    Args:
        engine: that holds today's figures.
        kept: of the same sector.
    """
    profiles = engine.profiles()
    lists: dict[tuple[tuple[str, str], ...], _List] = {}
    for option in kept.options:
        if option.query not in lists:
            lists[option.query] = _made_again(engine, kept.recipient, option)
    known = arrangements(engine.sector)
    sections = tuple(
        _section(
            profiles,
            kept.recipient,
            name,
            known.get(name),
            [(one, lists[one.query]) for one in kept.options if one.arrangement == name],
        )
        for name in kept.arrangements
    )
    return KeptToday(kept, sections, profiles.as_of, engine.snapshot.hash)


@dataclass(frozen=True, slots=True)
class _List:
    ranks: dict[str, int]
    left_out: dict[str, tuple[str, ...]]
    problem: str = ""


def _made_again(engine: Matchmaker, recipient: str, option: KeptOption) -> _List:
    """The whole list that an option came from, by today's figures."""
    fields: dict[str, list[str]] = {}
    for name, text in option.query:
        fields.setdefault(name, []).append(text)
    single = {
        name: texts[0] if len(texts) == 1 and name not in SEVERAL else texts for name, texts in fields.items()
    }
    try:
        query = ShortlistQuery.parse(single, engine.sector)
        answer = engine.answer(recipient, query.model_copy(update={"limit": ALL_RANKS, "n_draws": 0}))
    except MatchmakerError as error:
        return _List({}, {}, error.message)
    return _List(
        {one.organisation.code: one.rank for one in answer.options},
        {one.organisation.code: one.reasons for one in answer.excluded},
    )


SEVERAL = ("weights", "relax", "parameters", "focus", "exclude", "region", "locality", "compare_with")
"""Fields of a query that hold several texts."""


def _section(
    profiles: Profiles,
    recipient: str,
    name: str,
    arrangement: Arrangement | None,
    options: Sequence[tuple[KeptOption, _List]],
) -> Section:
    own: tuple[KeyFact, ...] = ()
    facts: dict[str, tuple[KeyFact, ...]] = {}
    if recipient in profiles.position:
        open_now = [option.code for option, _ in options if option.code in profiles.position]
        rows = fact_rows(profiles, recipient, open_now, arrangement)
        own = rows[0].facts
        facts = {row.organisation.code: row.facts for row in rows[1:]}
    return Section(
        name,
        arrangement.label if arrangement else name.replace("_", " ").capitalize(),
        tuple(
            OptionToday(
                option,
                facts.get(option.code, ()),
                made.ranks.get(option.code),
                made.left_out.get(option.code, ()),
                made.problem,
            )
            for option, made in options
        ),
        own,
    )
