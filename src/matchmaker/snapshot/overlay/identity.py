"""Whether the codes and names of a user's table are those of the organisations that are meant."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from matchmaker.errors import AmbiguousName, Issue, MatchmakerError
from matchmaker.snapshot.name_index import SITE
from matchmaker.snapshot.names import plain_name
from matchmaker.snapshot.overlay.validation import Rows, Who
from matchmaker.snapshot.registry import CODE, OrganisationRegistry


def with_published_names(rows: Rows, registry: OrganisationRegistry) -> tuple[Rows, list[Issue]]:
    """The rows without names that are those of other organisations, or former ones, and a warning for each.

    The published name stays then: a name beside the wrong code would rename an organisation after another.
    """
    given = dict(rows.organisations)
    warnings: list[Issue] = []
    for code, columns in rows.organisations.items():
        entry, name = registry.by_code.get(code), columns.get("name")
        if entry is None:
            warnings += _of_new(rows, code, registry)
            continue
        if name is None or name == entry.name:
            continue
        whose = registry.named(name)
        same = plain_name(name, registry.sector) == plain_name(entry.name, registry.sector)
        if not same and not whose:
            continue  # it may have been renamed since
        given[code] = {column: value for column, value in columns.items() if column != "name"}
        if not same:
            others = sorted(one for one in whose if one != code and one in registry.by_code)
            listed = " and ".join(f"{registry.by_code[one].name} ({one})" for one in others)
            expected = f"the name of {code}, which is {entry.name}"
            remedy = (
                f"This is the name of {listed}: check whose figures the row holds."
                if code not in whose
                else "This was its name once."
            )
            warnings.append(
                Issue(rows.name, expected, name, row=rows.first_row[code], column="name", remedy=remedy)
            )
    return replace(rows, organisations=given), warnings


def who(text: str, registry: OrganisationRegistry, *, followed: bool = True) -> Who:
    """The organisation that a cell names: by its code, its name, or a name with its code.

    A site is not its organisation, and a figure of one that closed is not its successor's: both are told.

    Args:
        text: the cell.
        registry: of the organisations.
        followed: whether the name of a closed organisation is refused, with its successor; else it is meant.
    """
    squeezed = "".join(text.split()).upper()
    if question := registry.lookalike_question(squeezed):
        return Who(None, remedy=question)
    if site := registry.site_of(squeezed):
        whose = f"{registry.by_code[site[1]].name} ({site[1]})"
        called = f"{squeezed} ({site[0]})" if site[0] else squeezed
        return Who(None, remedy=f"{called} is a {registry.sector.words.site} of {whose}: use {site[1]}.")
    try:
        found = registry.find(text)
    except AmbiguousName as error:
        return Who(None, remedy=f"{error.message} Write one of the codes.")
    except MatchmakerError as error:
        return Who(None, remedy=error.next_step if "Did you mean" in error.next_step else "")
    one, matched = found.organisation, found.matched
    if matched.kind == CODE and matched.name in registry.by_code:
        return Who(matched.name)
    if matched.kind == SITE:
        return Who(None, remedy=f"{matched.sentence} Use {one.code} if the figures are of all of it.")
    if found.via and not followed:
        return Who(found.via[0].code)
    if found.via:
        closed = found.via[0]
        remedy = (
            f"{closed.name} ({closed.code}) has closed; {one.name} ({one.code}) followed it: write the code."
        )
        return Who(None, remedy=remedy)
    plain = plain_name(text, registry.sector) == plain_name(one.name, registry.sector)
    return Who(one.code, "" if plain else f"'{text}' was read as {one.name} ({one.code}).")


def _of_new(rows: Rows, code: str, registry: OrganisationRegistry) -> Iterator[Issue]:
    """Warnings on an organisation of the user's own that looks like a published one, or a site of one."""
    columns, row = rows.organisations[code], rows.first_row[code]
    words = registry.sector.words
    if site := registry.site_of(code):
        whose = f"{registry.by_code[site[1]].name} ({site[1]})"
        expected = f"the code of an organisation, not of a {words.site} of {whose}"
        remedy = f"It is added beside {site[1]}, and may be counted twice: use {site[1]}."
        yield Issue(rows.name, expected, code, row=row, column=words.code_column, remedy=remedy)
    whose_name = sorted(registry.named(columns.get("name", "")) & registry.by_code.keys())
    if whose_name:
        listed = " and ".join(f"{registry.by_code[one].name} ({one})" for one in whose_name)
        expected = f"a name of its own for {code}"
        remedy = f"This is the name of {listed}: use that code if it is meant."
        yield Issue(rows.name, expected, columns["name"], row=row, column="name", remedy=remedy)
