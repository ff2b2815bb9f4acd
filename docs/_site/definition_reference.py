"""Writes the reference of the definition files of a sector: every field, from the models that read them."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

import griffe
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files

import matchmaker

PAGE = "reference/definitions.md"
SECTOR = "matchmaker.sector"
FILES: dict[str, tuple[tuple[str, str], ...]] = {
    "sector.toml": (
        ("The file", f"{SECTOR}.Content"),
        ("[words]", f"{SECTOR}.Words"),
        ("[types.NAME]", f"{SECTOR}.OrganisationType"),
        ("[dimensions.NAME]", f"{SECTOR}.Dimension"),
        ("[extent]", f"{SECTOR}.Extent"),
        ("[display]", f"{SECTOR}.Display"),
        ("[criteria]", f"{SECTOR}.Criteria"),
        ("[need]", f"{SECTOR}.Need"),
        ("[interventions]", f"{SECTOR}.Interventions"),
        ("[interventions.regimes.NAME]", f"{SECTOR}.Regime"),
        ("[interventions.contradicted_by]", f"{SECTOR}.Contradiction"),
        ("[pairing_kinds.NAME]", f"{SECTOR}.PairingKind"),
        ("[[families]]", f"{SECTOR}.Family"),
        ("[joint_leadership]", f"{SECTOR}.JointLeadership"),
        ("[joint_leadership.kinds.NAME]", f"{SECTOR}.SharedPost"),
        ("[membership]", f"{SECTOR}.Membership"),
        ("[tables.NAME]", f"{SECTOR}.Table"),
    ),
    "measures/DIMENSION.toml": (("[NAME]", "matchmaker.sources.publication.Measure"),),
    "features/DIMENSION.toml": (
        ("[NAME]", "matchmaker.features.definition.Feature"),
        ("roll_up", "matchmaker.features.definition.RollUp"),
    ),
    "arrangements/NAME.toml": (
        ("The file", "matchmaker.models.arrangement.Arrangement"),
        ("[criteria.NAME]", "matchmaker.models.arrangement.Criterion"),
        ("[rules.NAME]", "matchmaker.models.arrangement.Rule"),
    ),
    "rules.toml": (
        ("[NAME]", "matchmaker.models.eligibility.rules.RuleSpec"),
        ("unless", "matchmaker.models.eligibility.rules.Overruling"),
    ),
    "services.toml": (("[NAME]", "matchmaker.features.services.Service"),),
    "early_warning.toml": (
        ("The file", "matchmaker.models.early_warning.definition.EarlyWarning"),
        ("[signs.NAME]", "matchmaker.models.early_warning.definition.Sign"),
        ("[validation]", "matchmaker.models.early_warning.definition.Validation"),
    ),
    "data/snapshot.toml": (
        ("The file", "matchmaker.snapshot.from_csv.Description"),
        ("[sources.NAME]", "matchmaker.snapshot.from_csv.Source"),
    ),
}
GIVEN = {
    "Measure": {"name", "dimension"},
    "Feature": {"name", "dimension"},
    "Criterion": {"name"},
    "Rule": {"name"},
}
"""Fields that the heading or the name of the file gives."""
FORMS = {
    "str": "text", "Name": "a name (small letters, digits, _)", "float": "number", "int": "whole number",
    "bool": "true or false", "date": "date", "None": "nothing",
}  # fmt: skip


def on_files(files: Files, *, config: MkDocsConfig) -> Files:
    """Add the page."""
    files.append(File.generated(config, PAGE, content=page()))
    return files


def page() -> str:
    """Every file, every table, every field."""
    parts = [
        "# Definition files",
        "Every field of the files that make [a sector](../sectors.md), from the code that reads them. "
        "[A sector of your own](../tutorials/tiny-sector.md) shows the fewest that work.",
    ]
    for file, tables in FILES.items():
        parts.append(f"## {file}")
        for heading, path in tables:
            parts += [f"### {heading} {{ #{path.rpartition('.')[2].lower()} }}", table(path)]
    return "\n\n".join(parts) + "\n"


@cache
def package() -> griffe.Module:
    """The code, read and not run."""
    found = griffe.load("matchmaker", search_paths=[Path(matchmaker.__file__).parents[1]])
    assert isinstance(found, griffe.Module)
    return found


def table(path: str) -> str:
    """The fields of one class."""
    form = package()[path.removeprefix("matchmaker.")]
    left_out = GIVEN.get(form.name, set()) | {"model_config"}
    described = {}
    for section in form.docstring.parse("google") if form.docstring else ():
        if section.kind is griffe.DocstringSectionKind.attributes:
            described = {one.name: one.description for one in section.value}
    rows = [
        f"| `{alias(one)}` | {needed(one)} | {shape(str(one.annotation))} | {meaning(one, described)} |"
        for name, one in form.attributes.items()
        if not name.startswith("_") and name not in left_out and "property" not in one.labels
    ]
    lead = meaning(form, {}).partition(" Attributes: ")[0] if form.docstring else ""
    return "\n".join((lead, "", "| Field | Needed | Form | Meaning |", "| --- | --- | --- | --- |", *rows))


def alias(field: griffe.Attribute) -> str:
    """How the field is written in the file."""
    for node in ast.walk(ast.parse(str(field.value or "None"))):
        if (
            isinstance(node, ast.keyword)
            and node.arg in ("alias", "validation_alias")
            and isinstance(node.value, ast.Constant)
        ):
            return str(node.value.value)
    return field.name


def needed(field: griffe.Attribute) -> str:
    """Yes, or what it is without."""
    value = str(field.value) if field.value is not None else ""
    default = next(
        (
            ast.unparse(one.value)
            for one in ast.walk(ast.parse(value or "None"))
            if isinstance(one, ast.keyword) and one.arg == "default"
        ),
        None if value.startswith("Field(") and "default_factory" not in value else value,
    )
    if not default:
        return "yes"
    return "" if default in ("None", '""', "''", "()") or "(" in default else f"else `{default}`"


def shape(annotation: str) -> str:
    """An annotation in the words of TOML."""
    text = (
        annotation.partition("Annotated[")[2].partition(",")[0]
        if annotation.startswith("Annotated[")
        else annotation
    )
    optional = text.removesuffix(" | None")
    for outer, words in (
        ("tuple[", "list of "),
        ("dict[", "table of "),
        ("Mapping[", "table of "),
        ("Literal[", "one of "),
    ):
        if optional.startswith(outer):
            inner = optional[len(outer) : -1]
            if outer == "Literal[":
                return words + ", ".join(
                    f"`{one.strip().strip(chr(39) + chr(34))}`" for one in inner.split(",")
                )
            return words + shape(
                inner.removesuffix(", ...") if outer == "tuple[" else inner.partition(", ")[2]
            )
    if any(optional == path.rpartition(".")[2] for tables in FILES.values() for _, path in tables):
        return f"[{optional}](#{optional.lower()})"
    return FORMS.get(optional, f"`{optional}`".replace("|", "or"))


def meaning(one: griffe.Object, described: dict[str, str]) -> str:
    """A docstring that can stand in a table."""
    text = one.docstring.value if one.docstring else described.get(one.name, "")
    return " ".join(text.split()).replace("|", "\\|")
