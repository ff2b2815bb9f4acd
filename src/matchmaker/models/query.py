"""The one query: everything that a shortlist depends on, apart from the recipient and the figures.

The service, the command line, the pages and the client all parse into `ShortlistQuery`, and the engine
answers it (`Matchmaker.answer`, `Matchmaker.explain`). An error says where in it the fault is (`loc`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from typing import Annotated, Any, NamedTuple, Self

from pydantic import AfterValidator, ConfigDict, Field, ValidationError

from matchmaker.described import Described
from matchmaker.errors import InvalidParameter, Loc, MatchmakerError
from matchmaker.models.arrangement import Arrangement
from matchmaker.models.types import N_DRAWS
from matchmaker.sector import Sector

MAX_DRAWS = 10_000
SHORT = 3
"""Letters of a word that is rather a code than a part of a name."""
Text = Annotated[str, Field(min_length=1, max_length=120)]
RuleName = Annotated[str, Field(max_length=80, pattern=r"^[a-z][a-z0-9_]*$")]
LARGEST = 1e12
"""Of any number in a query; sums and squares of such stay finite."""
LEAST_WEIGHT, MOST_WEIGHT = 1e-6, 1e6
Number = Annotated[float, Field(allow_inf_nan=False, ge=-LARGEST, le=LARGEST)]


def _sound_weight(weight: float) -> float:
    if 0 < weight < LEAST_WEIGHT or weight > MOST_WEIGHT:
        raise ValueError(f"a weight is 0, or from {LEAST_WEIGHT:f} to {MOST_WEIGHT:,.0f}")
    return weight


Weight = Annotated[float, Field(allow_inf_nan=False), AfterValidator(_sound_weight)]


class Narrowing(NamedTuple):
    """What a field that narrows the candidates sets."""

    rule: str
    parameter: str | None
    """None where the rule takes none, and the field says whether it is applied."""


NARROWING: Mapping[str, Narrowing] = {
    "exclude": Narrowing("leave_out", "codes"),
    "region": Narrowing("in_region", "regions"),
    "locality": Narrowing("in_locality", "localities"),
    "within_km": Narrowing("within_km", "km"),
    "outside_group": Narrowing("outside_group", None),
}
"""Field of a query -> the rule that it sets, and the parameter of that rule."""


class ShortlistQuery(Described):
    """How to rank and explain the candidates of a recipient."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    arrangement: Annotated[str, Field(max_length=40)] | Arrangement | None = None
    """The form of partnership, by name; by default the first of the sector."""
    as_of: date | None = None
    """The day: nothing known later is used. By default the day of the snapshot."""
    method: Annotated[str, Field(max_length=40)] = "evidence"
    """How to rank, by name."""
    weights: dict[Text, Weight] = Field(default_factory=dict, max_length=20)
    """Criterion -> weight, 0 or more, in place of the arrangement's own."""
    relax: tuple[Text, ...] = Field(default=(), max_length=20)
    """Rules of the arrangement to leave out."""
    parameters: dict[
        RuleName, dict[RuleName, Number | Annotated[tuple[Text, ...], Field(max_length=500)]]
    ] = Field(default_factory=dict, max_length=20)
    """Rule -> its parameters, in place of the arrangement's own; a rule that it lacks is added."""
    focus: tuple[Text, ...] = Field(default=(), max_length=10)
    """Up to three features on which the partner should be strong; by default the recipient's weakest."""
    service: Annotated[str, Field(max_length=80)] | None = None
    """The one service that it is about, by name, in place of a focus; some arrangements need it."""
    limit: int = Field(default=10, ge=1)
    """How many options to show."""
    n_draws: int = Field(default=N_DRAWS, ge=0)
    """Draws of weights and unknown figures from which rank intervals are made; 0 leaves them out."""
    compare_with: tuple[Text, ...] = Field(default=(), max_length=20)
    """Further methods whose ranks are shown too."""
    exclude: tuple[Text, ...] = Field(default=(), max_length=300)
    """Candidates to leave out, by code or name."""
    region: tuple[Text, ...] = Field(default=(), max_length=20)
    """Only candidates of these regions."""
    locality: tuple[Text, ...] = Field(default=(), max_length=50)
    """Only candidates of these localities."""
    within_km: float | None = Field(default=None, gt=0, le=LARGEST, allow_inf_nan=False)
    """Only candidates at most so far away, in kilometres."""
    outside_group: bool = False
    """Only candidates that are not already one with the recipient in all but name."""

    @classmethod
    def parse(cls, fields: Mapping[str, Any], sector: Sector | None = None) -> Self:
        """A query from the fields of an address, a form, a command or a body.

        Args:
            fields: by the names of the query's own, as text or as values. Empty ones count as not given;
                where several texts make up one field, weights are written `criterion=number`, parameters
                `rule.parameter=value`, and codes to exclude may stand in one text, with commas.
            sector: whose first arrangement stands where none is given.

        Raises:
            InvalidQuery: with every fault and its place.
        """
        default = {} if sector is None else {"arrangement": sector.display.arrangements[0]}
        given = default | {name: value for name, value in fields.items() if value not in (None, "", [], ())}
        issues: list[tuple[Loc, str]] = []
        for name in _SEVERAL & given.keys():
            given[name] = _texts(given[name])
        if "exclude" in given:
            given["exclude"] = [name for text in given["exclude"] for name in _organisations(text, sector)]
        for name, parse in (("weights", _weight), ("parameters", _parameter)):
            if name in given and not isinstance(given[name], Mapping):
                given[name] = _mapping(name, parse, _texts(given[name]), issues)
        try:
            query = cls.model_validate(given)
        except ValidationError as error:
            first: dict[Loc, str] = {}
            for one in error.errors():
                first.setdefault(_place(one["loc"]), _message(one))
            raise InvalidQuery([*issues, *first.items()]) from error
        if issues:
            raise InvalidQuery(issues)
        return query

    def rule_parameters(self) -> dict[str, dict[str, Any]]:
        """Rule -> parameters, with what narrows the candidates."""
        found: dict[str, dict[str, Any]] = {rule: dict(given) for rule, given in self.parameters.items()}
        for name, (rule, parameter) in NARROWING.items():
            value = getattr(self, name)
            if value not in ((), None, False):
                own = found.setdefault(rule, {})
                if parameter is not None:
                    own[parameter] = value
        return found

    def to_fields(self) -> list[tuple[str, str]]:
        """The fields of an address from which `parse` makes this query again; defaults are left out."""
        named: list[tuple[str, str]] = []
        for name, field in type(self).model_fields.items():
            value = getattr(self, name)
            if value == field.get_default(call_default_factory=True):
                continue
            if name == "weights":
                named += [(name, f"{criterion}={_text(weight)}") for criterion, weight in value.items()]
            elif name == "parameters":
                named += [
                    (name, f"{rule}.{parameter}={text}")
                    for rule, given in value.items()
                    for parameter, setting in given.items()
                    for text in (setting if isinstance(setting, tuple) else (_text(setting),))
                ]
            elif isinstance(value, Arrangement):
                named.append((name, value.name))
            else:
                named += [(name, _text(one)) for one in (value if isinstance(value, tuple) else (value,))]
        return named

    @contextmanager
    def locating_errors(self) -> Iterator[None]:
        """Errors of rules that a narrowing field set say that field, which is what was written."""
        try:
            yield
        except MatchmakerError as error:
            if len(error.loc) > 1 and error.loc[0] == "parameters":
                for name, (rule, _) in NARROWING.items():
                    if rule == error.loc[1] and getattr(self, name) not in ((), None, False):
                        error.loc = (name,)
                        break
            raise


class InvalidQuery(InvalidParameter):
    """Fields that make up no query.

    Attributes:
        issues: where each fault is, and what is wrong there.
    """

    slug = "invalid-request"

    def __init__(self, issues: Iterable[tuple[Loc, str]]) -> None:
        self.issues = tuple(issues)
        listed = " ".join(f"{'.'.join(map(str, loc))}: {text}" for loc, text in self.issues)
        super().__init__(f"The query can't be used: {listed}", "Correct it and try again.")
        self.loc = self.issues[0][0]


_SEVERAL = {"relax", "focus", "compare_with", "exclude", "region", "locality"}
_MESSAGES = {
    "date": "It is not a date; write it as year-month-day, for example 2016-07-01.",
    "bool": "It is neither yes nor no; write true or false.",
    "int": "It is not a whole number.",
    "float": "It is not a number.",
    "finite": "It is not a number.",
    "greater_than_equal": "It must be {ge:g} or more.",
    "greater_than": "It must be more than {gt:g}.",
    "less_than_equal": "It must be {le:g} or less.",
    "string_too_short": "It is empty.",
    "string_too_long": "It has more than {max_length} characters.",
    "too_long": "More than {max_length} were given.",
    "extra_forbidden": "There is no such field.",
}
"""Type of a pydantic error, or the first part of it -> what to say."""


def _message(error: Any) -> str:
    kind: str = error["type"]
    form = _MESSAGES.get(kind) or _MESSAGES.get(kind.partition("_")[0])
    return form.format(**error.get("ctx", {})) if form else f"{error['msg']}."


def _place(loc: Loc) -> Loc:
    """Without what pydantic adds: the marker of a key, and the members of a union."""
    depth = {"parameters": 3, "arrangement": 1}.get(str(loc[0]), 2)
    return tuple(part for part in loc[:depth] if part != "[key]")


def _texts(value: Any) -> list[Any]:
    values = [value] if isinstance(value, str) else list(value)
    stripped = (text.strip() if isinstance(text, str) else text for text in values)
    return list(dict.fromkeys(text for text in stripped if text != ""))


def _organisations(text: str, sector: Sector | None) -> list[str]:
    """Codes and names in one text: with commas between them, or codes with spaces."""
    found: list[str] = []
    for part in filter(None, (one.strip() for one in re.split(r"[,;\n]", text))):
        words = part.split()
        codes = [word.upper() for word in words if _is_code(word, sector)]
        found += codes if len(codes) == len(words) else [part]
    return found


def _is_code(word: str, sector: Sector | None) -> bool:
    """Whether a word has the form of a code, and is no word of a name."""
    like_one = word.isupper() or any(map(str.isdigit, word)) or len(word) <= SHORT
    return like_one and (sector is None or sector.is_code(word.upper()))


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return repr(value).removesuffix(".0") if isinstance(value, float) else str(value)


def _mapping(name: str, parse: Any, texts: list[str], issues: list[tuple[Loc, str]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for text in texts:
        try:
            parse(text, found)
        except ValueError as error:
            issues.append(((name,), str(error)))
    return found


def _weight(text: str, found: dict[str, Any]) -> None:
    criterion, _, number = text.partition("=")
    try:
        found[criterion.strip()] = float(number)
    except ValueError as error:
        raise ValueError(f"'{text}' is not a weight; write it as criterion=number.") from error


def _parameter(text: str, found: dict[str, Any]) -> None:
    name, equals, value = text.partition("=")
    rule, dot, parameter = name.strip().partition(".")
    if not equals or not dot:
        raise ValueError(f"'{text}' is not a parameter; write it as rule.parameter=value.")
    given = found.setdefault(rule, {})
    try:
        given[parameter] = float(value)
    except ValueError:
        given[parameter] = (*given.get(parameter, ()), value.strip())
