"""Whether the codes and names of a user's table are those of the organisations that are meant."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from matchmaker.errors import Issue, MatchmakerError
from matchmaker.snapshot.names import plain_name
from matchmaker.snapshot.overlay.validation import Rows
from matchmaker.snapshot.registry import OrganisationRegistry


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


def code_hint(code: str, registry: OrganisationRegistry) -> str:
    """What an unknown code may mean, as a sentence; empty where nothing is near."""
    if question := registry.lookalike_question(code):
        return question
    if site := registry.site_of(code):
        whose = f"{registry.by_code[site[1]].name} ({site[1]})"
        called = f"{code} ({site[0]})" if site[0] else code
        return f"{called} is a {registry.sector.words.site} of {whose}: use {site[1]}."
    try:
        found = registry.find(code).organisation
    except MatchmakerError:
        return ""
    return f"Did you mean {found.code} ({found.name})?"


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
