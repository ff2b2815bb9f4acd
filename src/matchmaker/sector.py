"""What a sector is: a public service as a folder of definitions, loaded by name.

The engine knows organisations and nothing about any service. A sector tells it the rest: what its
organisations are called, which types there are, who may help whom, what excludes, who is in need. Its
folder holds `sector.toml`, which this module reads, and one file or folder for each further kind of
definition, which the room that uses it reads. A sector needs no Python; one that has some names it in
`[hooks]`.

Sectors are found by the entry points of the group `matchmaker.sectors`, each of which names a package, and
in the folders that `MATCHMAKER_SECTORS` lists.
"""

from __future__ import annotations

import hashlib
import os
import re
import tomllib
from collections.abc import Mapping
from datetime import date
from functools import cache, cached_property
from importlib.metadata import entry_points
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from pkgutil import resolve_name
from typing import Annotated, Any, Literal, Self, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from matchmaker.errors import BadFile, InvalidParameter, Issue

GROUP = "matchmaker.sectors"
FOLDERS = "MATCHMAKER_SECTORS"
Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
T = TypeVar("T", bound=BaseModel)


class Definition(BaseModel):
    """A frozen table of a definition file; what is not known in it is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Words(Definition):
    """What people of the sector call things."""

    organisation: str
    """One organisation: "harbour"."""
    organisations: str
    """Several of them."""
    code: str
    """The identifier of one: "port code"."""
    code_column: Name = "code"
    """Heading of the identifier in tables that people fill in."""
    code_pattern: str = r"^[A-Za-z0-9]{1,12}$"
    """Regular expression of an identifier."""
    code_example: str
    """An identifier to show in help and error messages."""
    name_example: str
    """A name to show in help and error messages."""
    organisation_type: str = "type"
    """What types of organisation are called: "type of harbour"."""
    region: str = "region"
    """The larger area that organisations belong to."""
    locality: str = "locality"
    """The smaller area, inside a region: "county"."""
    localities: str = "localities"
    """Several of them."""
    in_same_locality: str = "In the same locality."
    """What is said of two organisations of one locality."""
    place: str = "place"
    """The point that distances are measured from: "harbour office"."""
    site: str = "site"
    """One of the places where an organisation works: "pier"."""
    sites: str = "sites"
    """Several of them."""
    noise: tuple[str, ...] = ()
    """Words that most names hold and that tell nobody apart; left out when names are compared."""
    common: tuple[str, ...] = ()
    """Words that many names hold and that name nobody without a further word: "north", "royal"."""
    synonyms: dict[str, str] = Field(default_factory=dict)
    """Word or phrase -> how names are compared: "saint" = "st". In small letters, without symbols."""
    site_code_pattern: str = ""
    """Regular expression of the code of a site, whose group `organisation` is the code of its organisation;
    empty where sites have no codes from which it could be told."""


class OrganisationType(Definition):
    """One type of organisation."""

    label: str
    """Singular, to stand before the word for an organisation: "fishing"."""
    plural: str
    """Several of this type, in full: "fishing harbours"."""
    role: Literal["recipient", "candidate", "both"] = "both"
    """Whether organisations of this type receive help, give it, or both."""
    candidates: tuple[str, ...] = ()
    """Types that may help this one; empty means its own."""
    joins: tuple[str, ...] = ()
    """Types that this one may be joined with; empty means its own."""
    members: str | None = None
    """The type of organisation that this one is made of."""


class Dimension(Definition):
    """One aspect of a profile."""

    label: str
    """Title: "Board stability"."""
    phrase: str
    """In the middle of a sentence: "board stability"."""
    focus: bool = False
    """Whether a recipient's weakest features of this dimension are areas where a partner should be strong."""


class Extent(Definition):
    """Where the sector's organisations are."""

    south: float
    north: float
    west: float
    east: float
    max_km: float
    """No two of them are further apart."""


class PairingKind(Definition):
    """One kind of past pairing, and how it is replayed."""

    label: str
    """As a phrase: "shared leadership"."""
    family: str
    """The heading under which its replays are reported."""
    arrangement: Name
    """Whose rules say who was eligible."""
    rules_not_applied: tuple[Name, ...] = ()
    """Rules of that arrangement that this kind does not follow."""
    is_help: bool = False
    """Whether the recipient goes on as a body of its own and is helped meanwhile."""
    is_absorption: bool = False
    """Whether the recipient becomes part of the partner."""
    is_joint_leadership: bool = False
    """Whether both are led by the same people."""
    recipient_did: str = "was helped by"
    """What the recipient did, between its name and the partner's."""
    partner_did: str = "helped"
    """What the partner did, between its name and the recipient's."""


class SharedPost(Definition):
    """A post or body that two organisations under joint leadership share."""

    now: str
    """As a clause: "One harbour master runs both"."""
    past: str
    """And when it is over: "One harbour master ran both"."""


class JointLeadership(Definition):
    """What organisations under joint leadership share."""

    kinds: dict[Name, SharedPost] = Field(default_factory=dict)
    """By name, the closest first."""
    words: dict[Name, tuple[Name, ...]] = Field(default_factory=dict)
    """Word of the column `leadership` of groups and pairings -> the kinds that it means."""
    one_in_all_but_name: tuple[Name, ...] = ()
    """The kinds under which two are already one organisation in all but name."""

    @model_validator(mode="after")
    def _words_mean_kinds(self) -> Self:
        named = {kind for kinds in self.words.values() for kind in kinds} | set(self.one_in_all_but_name)
        unknown = named - self.kinds.keys()
        if unknown:
            raise ValueError(f"words mean kinds that are not defined: {', '.join(sorted(unknown))}")
        return self


class Family(Definition):
    """Arrangements that one learned model serves, and the kinds of past pairing that it learns from."""

    name: Name
    label: str
    kinds: tuple[Name, ...]
    arrangements: tuple[Name, ...]


class Regime(Definition):
    """One formal intervention by a regulator."""

    label: str
    """As a phrase: "close supervision"."""
    early_warning: str = ""
    """How reports on early-warning signs call it, where that differs."""
    for_quality: bool = False
    """Whether it was imposed for reasons of quality, so that leaving it is an outcome."""
    replaced: date | None = None
    """The day on which another regime took its place; after it, a spell of unknown end is over."""


class Contradiction(Definition):
    """A published judgement that speaks against a spell still running."""

    measure: Name
    """The measure of the judgement."""
    at_most: float
    """It contradicts the spell at this value or below."""
    label: str
    """As a phrase: "its watch level"."""


class Interventions(Definition):
    """How spells under formal intervention are read."""

    regimes: dict[str, Regime]
    open_end_months: int = 36
    """A spell whose end is not known counts as running for so long after its entry."""
    still_seen_months: int = 12
    """And for so long after the last day on which a source shows it."""
    contradicted_by: Contradiction | None = None
    """What puts a spell of unknown end in doubt, where it is of a period that ended later."""


class Need(Definition):
    """Who is in need of a partner: those whose `feature` is at or beyond a limit."""

    feature: Name
    at_least: float | None = None
    at_most: float | None = None
    label: str
    """In a sentence: "in supervision level 3 or higher"."""
    then_by: tuple[tuple[Name, Literal["highest", "lowest"]], ...] = ()
    """Features by which those alike in the first are put in order of need."""


class Table(Definition):
    """A table of the sector's own beside those that every snapshot has."""

    known_from: str = ""
    """The column that says from which day a row was known; empty where `since` does."""
    since: str = ""
    """The day from which the whole table was known, as an ISO date."""
    seen_within_months: int | None = None
    """A fact of the table that no source has confirmed for so long is unknown; None is no limit."""


class Membership(Definition):
    """Organisations that are made of others: a fleet of its ships."""

    table: Name
    """The table of the sector's own that says so: member, group, start, end (the first day on which it is a
    member no longer; null where it goes on) and known_from."""
    groups: tuple[Name, ...]
    """The types of organisation that have members."""


class Criteria(Definition):
    """Values that the criteria of this sector use; see `models/scoring/criteria.py`."""

    same_locality: float = 0.7
    """What being of one locality is worth as a relationship, from 0 to 1."""
    no_focus: tuple[Name, ...] = ()
    """Features that judge the whole and are no area to work on."""
    peers: tuple[Name, ...] = ("context", "size", "scale")
    """Dimensions by which the nearest peers are found."""
    evidence: dict[Literal["one_partner", "capacity", "large_recipient"], str] = Field(default_factory=dict)
    """The findings on which the engine's own cautions rest here: that a recipient gets one partner, that a
    partner's capacity is limited, that a recipient large beside its partner is a strain."""
    joining_rule: Name = "same_type"
    """The rule that says who could join with whom; only these are compared by learned methods."""
    steady_quarters: int = Field(default=4, ge=1, le=8)
    """Of how many quarterly days a standing is the mean; 1 where figures come out once a year or less often,
    so that an earlier quarter would show the same again."""
    max_pair_km: float | None = Field(default=None, gt=0)
    """Where many recipients are given partners at once, no pair further apart than this is proposed, unless
    the question or the arrangement states a distance of its own; None is no limit."""


class Display(Definition):
    """What faces show first."""

    arrangements: tuple[Name, ...]
    """In the order in which they are offered; the first is the default."""
    n_offered_in_need: int = Field(default=1, ge=1)
    """To how many of them the list of organisations in need leads."""
    key_features: tuple[Name, ...] = ()
    """Features whose history is shown."""
    dimensions: tuple[Name, ...] = ()
    """In the order in which profiles show them; those that are not named come after."""
    compare_with: tuple[str, ...] = ()
    """Methods whose ranks are shown beside those of the default method."""
    headline_features: tuple[Name, ...] = ()
    """Features that lists of organisations show beside the name."""
    scales: dict[str, dict[str, str]] = Field(default_factory=dict)
    """Unit -> value -> word, for ratings: "3" is "Good"."""
    bounded_units: dict[str, str] = Field(default_factory=dict)
    """Unit -> format of a value on a bounded scale: "{value:g} of 5"."""
    decimals: dict[str, int] = Field(default_factory=dict)
    """Unit -> digits after the point of values below 100, so that two values side by side have the same; else
    three figures in all."""
    benchmark_label: str = ""
    """What an official list of peers is called, where the sector has one."""


class Content(Definition):
    """`sector.toml`."""

    label: str
    """Title: "Harbours of the coast"."""
    summary: str
    """One sentence on what the sector holds."""
    words: Words
    types: dict[Name, OrganisationType]
    other_type: Name | None = None
    """The type of organisations of which none was published."""
    dimensions: dict[Name, Dimension]
    extent: Extent
    display: Display
    criteria: Criteria = Criteria()
    need: Need | None = None
    membership: Membership | None = None
    default: bool = False
    """Whether it is the one that nobody has to name where several are installed."""
    served_when_named: bool = False
    """Whether a service serves it only where its settings name it, because it is large."""
    interventions: Interventions = Interventions(regimes={})
    pairing_kinds: dict[Name, PairingKind] = Field(default_factory=dict)
    joint_leadership: JointLeadership = JointLeadership()
    families: tuple[Family, ...] = ()
    tables: dict[Name, Table] = Field(default_factory=dict)
    derived: tuple[str, ...] = ()
    """Names of figures that the hook `derived` works out as of a day."""
    hooks: dict[Name, str] = Field(default_factory=dict)
    """Name of a hook -> `module:object`."""


class Sector:
    """One public service, as its folder defines it.

    Attributes:
        name: by which commands, addresses and snapshots name it.
        folder: where its definitions stand.
        digest: hash of every definition file; part of the key under which answers are cached.

    Each table of `sector.toml` is an attribute too: `words`, `types`, `dimensions` and so on.
    """

    def __init__(self, name: str, folder: Traversable) -> None:
        self.name = name
        self.folder = folder
        table = self.toml("sector.toml", required=True)
        content = self._content = parse_definition(Content, table, f"{name}/sector.toml")
        self.label, self.summary = content.label, content.summary
        self.words = content.words
        self.types: Mapping[str, OrganisationType] = content.types
        self.other_type = content.other_type
        self.dimensions: Mapping[str, Dimension] = content.dimensions
        self.extent = content.extent
        self.display = content.display
        self.criteria = content.criteria
        self.need = content.need
        self.membership = content.membership
        self.is_default = content.default
        self.served_when_named = content.served_when_named
        self.interventions = content.interventions
        self.pairing_kinds: Mapping[str, PairingKind] = content.pairing_kinds
        self.joint_leadership = content.joint_leadership
        self.families = content.families
        self.tables: Mapping[str, Table] = content.tables
        self.derived = content.derived

    def toml(self, path: str, *, required: bool = False) -> dict[str, Any]:
        """The content of one of its definition files; empty where an optional one is missing.

        Args:
            path: relative to the folder.
            required: whether a missing file is an error.

        Raises:
            BadFile: the file is required and missing, or is no TOML.
        """
        file = self.folder.joinpath(path)
        if not file.is_file():
            if required:
                raise BadFile([Issue(path, f"a definition file of the sector {self.name}")], "Add the file.")
            return {}
        try:
            return tomllib.loads(file.read_text("utf-8"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise BadFile([Issue(path, f"TOML ({error})")], "Mend the file.") from error

    def texts(self, folder: str) -> dict[str, str]:
        """The TOML files of one of its folders: name without ending -> text, in alphabetical order."""
        place = self.folder.joinpath(folder)
        if not place.is_dir():
            return {}
        found = sorted(place.iterdir(), key=lambda entry: entry.name)
        return {
            file.name.removesuffix(".toml"): file.read_text("utf-8")
            for file in found
            if file.name.endswith(".toml")
        }

    def hook(self, name: str) -> Any:
        """The Python object that the sector names for a purpose; None where it names none."""
        target = self._content.hooks.get(name)
        return None if target is None else resolve_name(target)

    @cached_property
    def digest(self) -> str:
        """SHA-256 over every definition file, and the list of hashes of the trained models."""
        content = hashlib.sha256()
        for path, text in _definitions(self.folder):
            content.update(f"{path}\0{text}\0".encode())
        return content.hexdigest()

    @property
    def cache_key(self) -> tuple[str, str]:
        """What tells this sector from every other; see `cache.cached`."""
        return self.name, self.digest

    @property
    def stored_as(self) -> str | None:
        """What tells it in files (`stored`); None where `stored.code_version` does not know all its code."""
        package = __name__.partition(".")[0]
        known = all(target.partition(".")[0] == package for target in self._content.hooks.values())
        return f"{self.name} {self.digest}" if known else None

    def type_label(self, name: str) -> str:
        """What a type of organisation is called."""
        return self.types[name].label if name in self.types else name.replace("_", " ")

    def type_plural(self, name: str | None) -> str:
        """What several organisations of a type are called; all organisations for None."""
        if name is None or name not in self.types:
            return self.words.organisations
        return self.types[name].plural

    def is_code(self, text: str) -> bool:
        """Whether a text has the form of an identifier."""
        return re.fullmatch(self.words.code_pattern, text) is not None

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sector) and self.cache_key == other.cache_key

    def __hash__(self) -> int:
        return hash(self.cache_key)

    def __repr__(self) -> str:
        return f"<Sector {self.name}: {self.label}>"

    def __reduce__(self) -> tuple[Any, ...]:
        if isinstance(self.folder, Path):
            return Sector, (self.name, self.folder)
        return load_sector, (self.name,)


def load_sector(name: str) -> Sector:
    """A sector by its name.

    Raises:
        InvalidParameter: none of that name is installed.
        BadFile: its definitions break their form; every fault is named.
    """
    found = _folders()
    if name not in found:
        step = f"Choose one of {', '.join(sorted(found))}." if found else "Install a package with a sector."
        raise InvalidParameter(f"There is no sector '{name}'.", step)
    return _loaded(name, found[name])


def read_sector(folder: str | Path) -> Sector:
    """A sector from a folder of definitions, named after the folder."""
    path = Path(folder).resolve()
    return _loaded(path.name, path)


def default_sector() -> Sector:
    """The sector that nobody has to name: the only one that can be loaded, or the one that says so of itself.

    Raises:
        InvalidParameter: there are several and none or more than one says so, or there is none.
    """
    names = sector_names()
    if len(names) > 1:
        named = [one for one in map(load_sector, names) if one.is_default]
        if len(named) == 1:
            return named[0]
    if len(names) != 1:
        step = f"Choose one of {', '.join(names)}." if names else "Install a package with a sector."
        raise InvalidParameter("No sector is named.", step)
    return load_sector(names[0])


def sector_names() -> tuple[str, ...]:
    """The names of all sectors that can be loaded, in alphabetical order."""
    return tuple(sorted(_folders()))


def _folders() -> dict[str, Any]:
    found = dict(_installed())
    for folder in filter(None, os.environ.get(FOLDERS, "").split(os.pathsep)):
        path = Path(folder).resolve()
        found[path.name] = path
    return found


@cache
def _installed() -> dict[str, Any]:
    """Name -> folder of the sectors in packages, looked for once: it reads a file of each package."""
    return {point.name: files(point.value) for point in entry_points(group=GROUP)}


@cache
def _loaded(name: str, folder: Any) -> Sector:
    return Sector(name, folder)


def _definitions(folder: Traversable, inside: str = "") -> list[tuple[str, str]]:
    found = []
    for entry in sorted(folder.iterdir(), key=lambda one: one.name):
        if entry.is_dir() and entry.name != "__pycache__":
            found += _definitions(entry, f"{inside}{entry.name}/")
        elif entry.name.endswith((".toml", "SHA256SUMS")):
            found.append((inside + entry.name, entry.read_text("utf-8")))
    return found


def parse_definition(model: type[T], content: Mapping[str, Any], file: str) -> T:
    """One table of a definition file as a model of pydantic.

    Raises:
        BadFile: it breaks its form; every fault is named.
    """
    try:
        return model.model_validate(content)
    except ValidationError as error:
        issues = []
        for one in error.errors():
            value = None if one["type"] in ("missing", "value_error") else str(one["input"])[:60]
            field = ".".join(map(str, one["loc"]))
            if one["type"] == "missing":
                issues.append(Issue(file, "this field", column=field, remedy=f"Add {one['loc'][-1]} = ..."))
            else:
                issues.append(Issue(file, one["msg"], value, column=field))
        raise BadFile(issues, "Mend the file.") from error
