"""Comparing names, and finding the codes of files that hold names only."""

from __future__ import annotations

from itertools import permutations

import polars as pl
import pytest

from matchmaker.sector import Sector
from matchmaker.snapshot.names import name_words, names_to_codes, plain_name, singular, whole_names

ORGANISATIONS = pl.DataFrame(
    {
        "code": ["EEL", "GUL", "OLD", "TWO"],
        "name": ["Eelhythe Harbour", "Gullstead Harbour", "Eelhythe Harbour Board", "Twin Quay"],
        "closed": [None, None, "2018-03-31", None],
    },
).with_columns(pl.col("closed").str.to_date())
NAMES = pl.DataFrame(
    [
        ("GUL", "Eelhythe", "other"),
        ("GUL", "Weir", "former"),
        ("EEL", "Weir", "other"),
        ("EEL", "Both Sides", "other"),
        ("GUL", "Both Sides", "other"),
        ("GUL", "Board", "other"),
    ],
    schema=["code", "name", "kind"],
    orient="row",
)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("F.I.S.H. Quay", "fish quay"),
        ("F.I.S.H Quay", "fish quay"),
        ("Ramsgate & Deal", "ramsgate and deal"),
        ("Fisher's, Fishers\u2019 and James's", "fishers fishers and james"),
        ("  Caf\u00e9-on-Sea (East) ", "cafe on sea east"),
        ("Saint Osyth", "st osyth"),
        ("Saintly", "saintly"),
    ],
)
def test_words_without_what_people_write_differently(name: str, words: str, harbours: Sector) -> None:
    assert " ".join(name_words(name, harbours)) == words


def test_words_that_most_names_hold_are_left_out(harbours: Sector) -> None:
    assert plain_name("The Harbour of Eelhythe", harbours) == "eelhythe"
    assert plain_name("The Harbour Board", harbours) == ""


def test_plurals_and_possessives_without_their_s() -> None:
    assert singular("fishers boards princess bus gulls") == "fisher board princess bus gull"


def test_the_order_of_rows_decides_nothing(harbours: Sector) -> None:
    expected = {"eelhythe": "EEL", "gullstead": "GUL", "twin quay": "TWO", "weir": "GUL"}
    for rows in permutations(range(len(NAMES))):
        shuffled = ORGANISATIONS[rows[:4]] if set(rows[:4]) == {0, 1, 2, 3} else ORGANISATIONS
        assert names_to_codes(shuffled, NAMES[rows], harbours) == expected


def test_many_names_at_once_are_the_words_of_each(harbours: Sector) -> None:
    names = [
        *ORGANISATIONS["name"],
        *NAMES["name"],
        *(
            "F.I.S.H. Quay",
            "Ramsgate & Deal",
            "Fisher's, Fishers\u2019 and James's",
            "  Caf\u00e9-on-Sea ",
            "a+b",
            "",
            "!",
        ),
    ]
    for one in harbours.words.synonyms:
        names += [one, f"Old {one.title()} Quay", f"{one}x"]
    assert whole_names(names, harbours) == [" ".join(name_words(name, harbours)) for name in names]
