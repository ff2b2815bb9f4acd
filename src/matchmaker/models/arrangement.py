"""Arrangements as data: what is weighed, which rules exclude, what only people can judge."""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field, ValidationError, model_validator

from matchmaker.cache import cached
from matchmaker.described import Described
from matchmaker.errors import BadFile, InvalidParameter, Issue, IssueList
from matchmaker.models.evidence import findings
from matchmaker.sector import Sector
from matchmaker.written import name_meant, plain

Evidence = Annotated[str, Field(pattern=r"^E\d+$")]
Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
Ratio = Annotated[float, Field(gt=0)]
OF_DIMENSION = ("similarity", "standing", "standing_of_both")
"""Forms of criterion that need a dimension."""

OWN_HEAD = """\
# An arrangement of your own. Change weights, criteria and rules, save it, and name the file: --for mine.toml
# Answers by it say what differs from the one it is based on. docs/arrangements.md explains every field.
"""


class Definition(Described):
    """A frozen table of an arrangement's file; what is not known in it is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Criterion(Definition):
    """One thing that is weighed about a recipient and a candidate."""

    name: Name
    """Unique in its arrangement."""
    label: str
    """What is weighed, as a title."""
    form: Literal[
        "similarity",
        "standing",
        "standing_of_both",
        "strength",
        "capacity",
        "proximity",
        "relationship",
        "load",
        "spread",
        "alike",
    ]
    """`similarity` of the two in a dimension; `standing` of the candidate in a dimension among its type;
    `standing_of_both`, the weaker of the two; `strength` of the candidate where the recipient is weak;
    `capacity`, its size relative to the recipient's; `proximity` of the two; `relationship`, joint work on
    record; `load` of help that the candidate already gives or gets; `spread`, how often the candidate would
    be an option for others; `alike`, the share of the candidate's members (or whether the candidate itself)
    that are in `attribute` what the recipient is."""
    dimension: str | None = None
    """The dimension, for a similarity or a standing."""
    weight: float = Field(ge=0, allow_inf_nan=False)
    """Its share before unknown criteria are left out."""
    half_km: float = Field(default=50.0, gt=0)
    """For proximity: the distance at which it is worth half."""
    to_nearest: bool = False
    """For proximity: whether the nearest two sites count in place of the main places."""
    attribute: str | None = None
    """For alike: `type`, or the attribute whose words are compared."""
    ratios: tuple[Ratio, Ratio] = (0.5, 2.0)
    """For capacity: the size ratios (candidate to recipient) worth 0 and 1."""
    joint_leadership: bool = True
    """For a relationship: whether leaders that both share, or shared, count as joint work."""
    evidence: tuple[Evidence, ...] = ()
    """Findings it rests on; empty means a judgement."""
    why: str
    """The reason for it, in one sentence."""

    @model_validator(mode="after")
    def _fields_fit_together(self) -> Criterion:
        if self.form in OF_DIMENSION and self.dimension is None:
            raise ValueError(f"a {self.form} needs a dimension")
        if (self.form == "alike") != (self.attribute is not None):
            raise ValueError("attribute belongs to alike, and alike needs it")
        if self.ratios[0] >= self.ratios[1]:
            raise ValueError("the ratio worth 0 must be below the ratio worth 1")
        return self


class Rule(Definition):
    """One reason to exclude a candidate; `eligibility.rules` says what each name does."""

    name: Name
    """Name of the rule."""
    parameters: tuple[tuple[str, Any], ...] = ()
    """Its own numbers or words, such as `{ highest = 3 }`."""
    evidence: tuple[Evidence, ...] = ()
    """Findings it rests on; empty means a judgement."""
    why: str
    """The reason for it, in one sentence."""

    @model_validator(mode="before")
    @classmethod
    def _parameters_from_table(cls, data: Any) -> Any:
        if isinstance(data, dict) and isinstance(data.get("parameters"), dict):
            return data | {"parameters": _canonical(data["parameters"])}
        return data


class Arrangement(Definition):
    """One form of partnership: its typology, weights and rules, each with its evidence."""

    name: Name
    """By which questions name it."""
    label: str
    """Its title."""
    based_on: Name | None = None
    """The published arrangement that one of your own was made from; answers name what differs from it."""
    partner: str
    """What the partner is called: "mentor"."""
    version: int = Field(ge=1)
    """Raised whenever its answers may change."""
    nature: Literal["mandated", "voluntary"]
    """Whether a regulator imposes it."""
    scale: Literal["individual", "structural"]
    """Whether both go on as they are, or come under one board."""
    summary: str
    """What it is, in one sentence."""
    recipients: tuple[Name, ...] = ()
    """The types of organisation that it is for; empty means any."""
    criteria: tuple[Criterion, ...] = Field(min_length=1)
    """What is weighed."""
    rules: tuple[Rule, ...] = ()
    """What excludes a candidate."""
    checklist: tuple[str, ...] = ()
    """What helps or harms according to the evidence and no published figure shows."""
    first_step: str = ""
    """The smaller thing to try first."""

    @model_validator(mode="after")
    def _weights_count(self) -> Arrangement:
        if sum(criterion.weight for criterion in self.criteria) <= 0:
            raise ValueError("the weights add up to nothing: give at least one criterion a weight above 0")
        for parts in (self.criteria, self.rules):
            names = [part.name for part in parts]
            if len(set(names)) < len(names):
                raise ValueError("two criteria, or two rules, have the same name")
        return self

    def __hash__(self) -> int:
        # of what questions change, not of every sentence: it is a key of each cached answer
        return hash((self.name, tuple(one.weight for one in self.criteria), len(self.rules)))

    @property
    def stored_as(self) -> str:
        """What tells it in files (`stored`): all of it."""
        return self.model_dump_json()

    def is_for(self, org_type: str) -> bool:
        """Whether an organisation of a type can be its recipient."""
        return not self.recipients or org_type in self.recipients

    def with_weights(self, weights: Mapping[str, float]) -> Arrangement:
        """The same arrangement with some weights changed.

        Args:
            weights: criterion (its name or label, or the beginning of it: `context`) -> new weight.

        Raises:
            InvalidParameter: an unknown or ambiguous criterion, a negative weight, or nothing left to weigh.
        """
        if not weights:
            return self
        changed: dict[str, float] = {}
        for name, weight in weights.items():
            if not 0 <= weight < float("inf"):
                text = f"The weight {weight:g} of '{name}' is not 0 or more."
                raise InvalidParameter(text, "Give 0 or more.", ("weights", name))
            changed[self._criterion_named(name)] = weight
        criteria = tuple(
            one.model_copy(update={"weight": changed[one.name]}) if one.name in changed else one
            for one in self.criteria
        )
        if sum(criterion.weight for criterion in criteria) <= 0:
            text = "These weights add up to 0, so there is nothing to rank by."
            raise InvalidParameter(text, "Give at least one criterion a weight above 0.", ("weights",))
        return self.model_copy(update={"criteria": criteria})

    def _criterion_named(self, text: str) -> str:
        names = [criterion.name for criterion in self.criteria]
        wanted = _snake_case(text)
        if wanted in names:
            return wanted
        labels = {criterion.name: criterion.label for criterion in self.criteria}
        hits = [name for name in names if name.startswith(wanted)] if wanted else []
        if not hits and wanted:
            by_label = name_meant(text, labels)
            begun = [name for name, label in labels.items() if plain(label).startswith(plain(text))]
            hits = begun if by_label is None else [by_label]
        if len(hits) == 1:
            return hits[0]
        step = f"The criteria are: {', '.join(hits or names)}."
        word = "means several criteria" if hits else "is no criterion"
        raise InvalidParameter(f"'{text}' {word} of {self.label.casefold()}.", step, ("weights", text))

    def with_rules(
        self, relax: tuple[str, ...] = (), parameters: Mapping[str, Mapping[str, Any]] | None = None
    ) -> Arrangement:
        """The same arrangement without some rules, and with rules added or their parameters changed.

        Args:
            relax: names of rules to leave out.
            parameters: rule -> its parameters; a rule that the arrangement lacks is added.

        Raises:
            InvalidParameter: a rule to relax is not one of the arrangement's, or is relaxed and set.
        """
        if not relax and not parameters:
            return self
        known = {rule.name for rule in self.rules}
        relaxed = tuple(map(_snake_case, relax))
        for at, name in enumerate(relaxed):
            if name not in known:
                step = f"The rules are: {', '.join(sorted(known))}."
                text = f"'{name}' is no rule of {self.label.casefold()}."
                raise InvalidParameter(text, step, ("relax", at))
            if name in (parameters or {}):
                text = f"The rule '{name}' is both relaxed and set."
                raise InvalidParameter(text, "Do one or the other.", ("relax", at))
        rules = {rule.name: rule for rule in self.rules if rule.name not in relaxed}
        for name, own in (parameters or {}).items():
            # not validated: whether there is such a rule is checked where it is applied
            before = rules.get(name) or Rule.model_construct(name=name, why="Asked for in the question.")
            merged = _canonical(dict(before.parameters) | dict(own))
            rules[name] = before.model_copy(update={"parameters": merged})
        return self.model_copy(update={"rules": tuple(rules.values())})


def _snake_case(text: str) -> str:
    """A name as people write it, as code does: "Same type" is `same_type`."""
    return text.strip().casefold().replace(" ", "_").replace("-", "_")


def _canonical(parameters: Mapping[str, Any]) -> tuple[tuple[str, Any], ...]:
    """Parameters in one order and form, so that equal rules are equal."""
    return tuple(
        (name, tuple(value) if isinstance(value, list) else value)
        for name, value in sorted(parameters.items())
    )


@cached
def arrangements(sector: Sector) -> dict[str, Arrangement]:
    """Every arrangement of a sector by name, in alphabetical order.

    Raises:
        BadFile: with every fault of every file.
    """
    issues = IssueList()
    parsed = []
    for name, text in sector.texts("arrangements").items():
        try:
            parsed.append(parse_arrangement(f"{name}.toml", text, sector))
        except BadFile as error:
            issues.extend(error.faults)
    issues.raise_if_any("Mend the arrangements.")
    return {one.name: one for one in sorted(parsed, key=lambda one: one.name)}


def arrangement(sector: Sector, name: str) -> Arrangement:
    """An arrangement of a sector by its name.

    Raises:
        InvalidParameter: there is none of that name.
    """
    known = arrangements(sector)
    name = name_meant(name, {one.name: one.label for one in known.values()}) or name
    if name not in known:
        step = f"Choose one of {', '.join(known)}, or give a TOML file of your own."
        raise InvalidParameter(f"There is no arrangement '{name}'.", step, ("arrangement",))
    return known[name]


def own_copy(sector: Sector, name: str) -> str:
    """The file of an arrangement, under a name of its own and based on it, to be changed by a user.

    Raises:
        InvalidParameter: there is none of that name.
    """
    preset = arrangement(sector, name)
    text = sector.texts("arrangements")[name]
    own = f'name = "my_{preset.name}"\nbased_on = "{preset.name}"'
    return OWN_HEAD + text.replace(f'name = "{preset.name}"', own, 1)


def read_arrangement(path: Path, sector: Sector) -> Arrangement:
    """An arrangement from a TOML file of the user's own.

    Raises:
        BadFile: with every fault of the file.
    """
    try:
        return parse_arrangement(path.name, path.read_text("utf-8"), sector)
    except (OSError, UnicodeDecodeError) as error:
        raise BadFile([Issue(path.name, f"a readable text file ({error})")], "Check the path.") from error


def parse_arrangement(file: str, text: str, sector: Sector) -> Arrangement:
    """An arrangement from TOML.

    Args:
        file: its name, for error messages.
        text: its content.
        sector: whose dimensions its criteria may name.

    Raises:
        BadFile: with every fault of the text.
    """
    try:
        content: dict[str, Any] = tomllib.loads(text)
        parsed = Arrangement.model_validate(
            content
            | {
                "criteria": [{"name": name, **fields} for name, fields in content["criteria"].items()],
                "rules": [{"name": name, **fields} for name, fields in content.get("rules", {}).items()],
            }
        )
    except tomllib.TOMLDecodeError as error:
        raise BadFile([Issue(file, f"TOML ({error})")], "Mend the file.") from error
    except KeyError as error:
        raise BadFile([Issue(file, f"a table {error}")], "Mend the file.") from error
    except ValidationError as error:
        raise BadFile([_fault(file, content, one) for one in error.errors()], "Mend the file.") from error
    issues = IssueList()
    for one in parsed.criteria:
        if one.form in OF_DIMENSION and one.dimension not in sector.dimensions:
            issues.add(
                _unknown(file, str(one.dimension), sector.dimensions, f"criteria.{one.name}.dimension")
            )
    for table, parts in (("criteria", parsed.criteria), ("rules", parsed.rules)):
        for part in parts:
            for finding in part.evidence:
                if finding not in findings(sector):
                    where = f"{table}.{part.name}.evidence"
                    issues.add(_unknown(file, finding, findings(sector), where))
    if parsed.based_on is not None and f"{parsed.based_on}" not in sector.texts("arrangements"):
        issues.add(_unknown(file, parsed.based_on, sector.texts("arrangements"), "based_on"))
    issues.raise_if_any("Mend the file.")
    return parsed


def _unknown(file: str, found: str, known: Collection[str], where: str) -> Issue:
    """A name that is none of those known, with the nearest one."""
    from rapidfuzz import fuzz, process  # only a name that is wrong needs it

    near = process.extractOne(found, list(known), scorer=fuzz.ratio, score_cutoff=60)
    remedy = f"Did you mean '{near[0]}'?" if near else ""
    return Issue(file, f"one of {', '.join(known)}", found, column=where, remedy=remedy)


def _fault(file: str, content: Mapping[str, Any], error: Mapping[str, Any]) -> Issue:
    """A fault of the form, placed by the names that stand in the file."""
    path = list(error["loc"])
    if len(path) > 1 and path[0] in ("criteria", "rules") and isinstance(path[1], int):
        path[1] = list(content.get(path[0], {}))[path[1]]
    where = ".".join(map(str, path))
    if error["type"] == "extra_forbidden":
        forms: Mapping[str, type[Definition]] = {"criteria": Criterion, "rules": Rule}
        form = forms.get(str(path[0]), Arrangement)
        fields = [name for name in form.model_fields if name != "name" or form is Arrangement]
        return _unknown(file, str(path[-1]), fields, where)
    if error["type"] == "missing":
        return Issue(file, "this field", column=where, remedy=f"Add {path[-1]} = ...")
    return Issue(file, error["msg"][:1].lower() + error["msg"][1:], str(error["input"])[:60], column=where)
