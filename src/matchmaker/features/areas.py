"""Regions, localities and types of organisation as people write them, and as tables print them."""

from __future__ import annotations

from collections.abc import Sequence

from matchmaker.cache import cached_apart_from_figures
from matchmaker.errors import InvalidParameter
from matchmaker.features.profiles import Profiles
from matchmaker.sector import Sector
from matchmaker.snapshot import Snapshot
from matchmaker.snapshot.names import name_words, without_noise
from matchmaker.written import plain

MIN_SIMILARITY = 75.0
"""An area is suggested from this similarity (0 to 100) on."""


def areas_named(profiles: Profiles, column: str, texts: Sequence[str]) -> tuple[str, ...]:
    """The regions or localities that some texts mean, each by its name or by the code of its body.

    Args:
        profiles: as of the day.
        column: `region` or `locality`.
        texts: in any case, with or without the words that say what an area is.

    Raises:
        InvalidParameter: a text is that of none; the nearest are suggested.
    """
    known = _written(profiles.snapshot, column, tuple(_names(profiles, column)))
    found = []
    for at, text in enumerate(texts):
        name = known.get(_key(text, column, profiles.sector)) or known.get(text.strip().casefold())
        if name is None:
            word = getattr(profiles.sector.words, column)
            step = _suggestion(profiles, column, text)
            raise InvalidParameter(f"There is no {word} '{text}'.", step, (column, at))
        found.append(name)
    return tuple(found)


def type_named(sector: Sector, text: str) -> str:
    """The type of organisation that a text means: its name, or its label or plural as tables print them.

    Raises:
        InvalidParameter: it is that of none; all are listed.
    """
    known = {
        plain(written): name
        for name, one in sector.types.items()
        for written in (name, one.label, one.plural, f"{one.label} {sector.words.organisation}")
    }
    found = known.get(plain(text))
    if found is None:
        step = f"Choose one of: {', '.join(one.label for one in sector.types.values())}."
        raise InvalidParameter(f"There is no {sector.words.organisation_type} '{text}'.", step, ("type",))
    return found


def _names(profiles: Profiles, column: str) -> list[str]:
    return sorted(profiles.organisations[column].drop_nulls().unique())


def _key(text: str, column: str, sector: Sector) -> str:
    """A name without what says that it is one of its kind: "Amber Bay county" is Amber Bay."""
    label = name_words(getattr(sector.words, column), sector)
    says = {*label, "".join(word[0] for word in label)}
    words = without_noise(name_words(text, sector), sector).split()
    return " ".join(word for word in words if word not in says) or " ".join(words)


@cached_apart_from_figures
def _written(snapshot: Snapshot, column: str, names: tuple[str, ...]) -> dict[str, str]:
    """What may be written for an area -> its name: the name, and the code of the body that has it."""
    sector = snapshot.sector
    written = {_key(name, column, sector): name for name in names} | {one.casefold(): one for one in names}
    if "other_bodies" in snapshot.manifest["tables"]:
        label = getattr(sector.words, column)
        for code, name, kind in snapshot.other_bodies.select("code", "name", "label").iter_rows():
            own = written.get(_key(name, column, sector))
            if code is not None and own is not None and kind == label:
                written.setdefault(code.casefold(), own)
    return written


def _suggestion(profiles: Profiles, column: str, text: str) -> str:
    from rapidfuzz import fuzz, process  # only a text that is wrong needs it

    sector, names = profiles.sector, _names(profiles, column)
    wanted = _key(text, column, sector)
    keys = {name: _key(name, column, sector) for name in names}
    near = [name for name, key in keys.items() if set(wanted.split()) <= set(key.split())]
    near = near or [
        name for _, _, name in process.extract(wanted, keys, scorer=fuzz.ratio, score_cutoff=MIN_SIMILARITY)
    ]
    if near:
        return f"Did you mean {' or '.join(near)}?"
    words = sector.words
    plural = words.localities if column == "locality" else f"{words.region}s"
    return f"The {plural} are: {', '.join(names)}."
