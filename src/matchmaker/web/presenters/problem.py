"""What is wrong with what was asked: each fault beside its field, with what was typed, and the way back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from fastapi import Request

from matchmaker.errors import Loc, MatchmakerError
from matchmaker.models.engine import Matchmaker

LABELS = {
    "as_of": "As of a past day",
    "within_km": "Only within a distance in km",
    "exclude": "Leave these out, by their codes",
    "limit": "How many options",
    "candidate": "Name or code",
    "search": "Name, place or code",
    "focus": "Where the partner should be strong",
    "method": "Rank by",
    "arrangement": "Form of partnership",
    "with": "To compare",
    "sort": "Sort by",
}
"""Field -> what a page calls it; any other by its name."""
HINTS = {"as_of": "Year-month-day, for example 2016-07-01"}
BELOW_A_LIST = ("compare", "candidates", "decide", "keep")
"""The ends of addresses of pages that a list leads to."""
TICKED = "with"
NOT_KEPT = ("snapshot", "version")
MOST_FIELDS = 3
"""A fault of more fields together is told once, above."""


@dataclass(frozen=True, slots=True)
class Field:
    """One field at fault, as it was filled in."""

    name: str
    label: str
    value: str
    error: str
    hint: str
    id: str


@dataclass(frozen=True, slots=True)
class Problem:
    """What a page says of what was asked.

    Attributes:
        texts: what is wrong, where no field can be named.
        fields: those at fault.
        others: every other field with what was typed, which the form sends again.
        action: where the form leads.
        back: the list that the question came from, without what is at fault; empty where there is none.
    """

    texts: tuple[str, ...]
    fields: tuple[Field, ...] = ()
    others: tuple[tuple[str, str], ...] = ()
    action: str = ""
    back: str = ""


def problem(request: Request, told: Sequence[tuple[Loc, str]]) -> Problem:
    """Faults beside the fields of the address that they are of.

    Args:
        request: whose address holds what was typed.
        told: where in the query each fault is, and what is wrong.
    """
    given = [(name, value) for name, value in request.query_params.multi_items() if name not in NOT_KEPT]
    fields: list[Field] = []
    texts: list[str] = []
    taken: set[int] = set()
    for loc, text in told:
        places = [at for at, one in enumerate(given) if at not in taken and _is_of(one, loc, text)]
        if not places or (len(places) > MOST_FIELDS and not _one_of_several(loc)):
            texts.append(text)
            # too many ticks are no fault of a list, and stay
            taken.update(at for at in places if given[at][0] != TICKED)
            continue
        for at in places[:1] if _one_of_several(loc) else places:
            name, value = given[at]
            taken.add(at)
            fields.append(Field(name, _label(name), value, text, HINTS.get(name, ""), f"fault-{at}"))
    others = tuple(one for at, one in enumerate(given) if at not in taken)
    back = _back(request, others) if taken or not request.url.path.endswith("/shortlist") else ""
    return Problem(tuple(texts), tuple(fields), others, request.url.path, back)


def meant(error: MatchmakerError, engine: Matchmaker, request: Request) -> list[tuple[str, str]]:
    """The organisations that a name may mean: name and code, and the address that asks about each."""
    latest = dict.fromkeys(engine.registry.latest(code) for code in error.codes)
    path, given = request.url.path, request.query_params.multi_items()
    base = f"/{engine.sector.name}/organisations"
    out = []
    for code in latest:
        name = engine.find(code).organisation.name
        if path.endswith("/candidates"):
            address = f"{path}/{code}?{urlencode([one for one in given if one[0] != 'candidate'])}"
        else:
            address = f"{base}/{code}"
        out.append((f"{name} ({code})", address))
    return out


def _is_of(given: tuple[str, str], loc: Loc, text: str) -> bool:
    """Whether a field is the one where a fault is: by its name, and for a weight by its criterion.

    Where the fault says no place, it is the field of which the text quotes a word.
    """
    name, value = given
    if not loc:
        return any(f"'{part.strip()}'" in text for part in (value, *value.split(",")) if part.strip())
    first = str(loc[0])
    if name.startswith(f"{first}."):
        return len(loc) < 2 or name == f"{first}.{loc[1]}"
    if name != first:
        return False
    return first != "weights" or len(loc) < 2 or value.startswith(f"{loc[1]}=")


def _one_of_several(loc: Loc) -> bool:
    return len(loc) > 1 and isinstance(loc[1], int)


def _label(name: str) -> str:
    if name.startswith(("weights", "only.")):
        return f"{name.partition('.')[2].replace('_', ' ').replace('.', ', ').capitalize() or 'Weight'}"
    return LABELS.get(name, name.replace("_", " ").capitalize())


def _back(request: Request, others: Sequence[tuple[str, str]]) -> str:
    path = request.url.path
    parts = path.split("/")
    below = next((at for at, part in enumerate(parts) if part in BELOW_A_LIST and at > 2), None)
    if below is not None:
        path = "/".join((*parts[:below], "shortlist"))
    elif not path.endswith("/shortlist"):
        return ""
    return f"{path}?{urlencode(others)}" if others else path
