"""Draws figures from every source and looks them up in the official files without the readers.

The second path knows no headings and no publication: it opens the file with another library, takes the rows
that hold the organisation's code or name (of the period, where rows name periods), and looks for the figure
there: printed, in another unit, as a word, as a count of rows, as a sum or as a share of what is printed. In
which of these ways a measure stands in its file is found by figures of other organisations: ways in which
most of them are found hold for all, and a figure that is found in none of these is wrong; where they hold for
some of them only, a figure may be found in another way, or can't be checked. Where no way holds, the measure
is worked out in a manner that this path does not know. Other figures are drawn in place of those not checked.
"""

from __future__ import annotations

import math
import random
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache
from itertools import chain, islice
from pathlib import Path
from typing import Any, Literal

import numpy as np
import polars as pl

from matchmaker.snapshot.raw_rows import ROWS, Row
from matchmaker.snapshot.store import Snapshot
from matchmaker.typing import Floats

N_FIGURES = 200
"""So many are checked."""
N_OTHERS = 12
"""So many figures of other organisations say whether, and in which unit, a measure is printed."""
PRINTED = 0.75
"""A measure is printed where at least this share of them is found."""
FACTORS = (1.0, 100.0, 0.01, 1e-3, 1e-6, 1000.0, 1e6, -1.0, -1e-3)
"""Units that differ: percent and shares, thousands, millions; costs may stand with a minus."""
CLOSE = 1e-6
"""Relative difference up to which two numbers are the same."""
SPARE = 3
"""At most so many times the figures wanted are drawn, since some can't be checked."""
MONTHS_OF_A_QUARTER, DAYS_OF_A_QUARTER = 3, 92
MONTH_FORMS = ("%Y-%m", "%b-%y", "%b-%Y", "%B-%Y", "%B %Y", "%b %Y", "/%m/%Y")
MAX_NUMBERS = 40
"""Of a row with more numbers no sums are tried."""
MAX_ROWS = 40
"""In so many rows of an organisation sums and shares are tried."""
MAX_NAMED = 3
"""A row that names more organisations is a heading or a list of them."""
EXACT = 1e-9
"""Relative difference up to which a share is one of two numbers; wider, some pair would fit any share."""
MAX_CELLS = 60
"""An organisation and a period are named in the first so many cells of a row."""
_AROUND = re.compile(r"[,£%\s]")
FIGURE = ("source", "file", "code", "measure", "period_start", "period_end", "value")
Status = Literal["right", "wrong", "not checked"]


@dataclass(frozen=True, slots=True)
class AuditedFigure:
    """One figure and what the second path found.

    Attributes:
        status: `right`, `wrong` or `not checked`.
        why: where it was found and in which unit, what stands there instead, or why it can't be checked.
    """

    source: str
    file: str
    code: str
    measure: str
    period_start: date
    period_end: date
    value: float
    status: Status
    why: str


@dataclass(frozen=True, slots=True)
class _Printed:
    """A row of a file: its first cells as texts in capitals, and what number each cell is, if any."""

    cells: Row
    values: tuple[float | None, ...]

    @property
    def numbers(self) -> list[float]:
        """Those cells that are numbers."""
        return [value for value in self.values if value is not None]


@dataclass(frozen=True)
class _Rows:
    """The rows of one organisation, of the period of one figure where rows have periods."""

    rows: Sequence[_Printed]

    @cached_property
    def numbers(self) -> Floats:
        """All numbers of all rows."""
        return np.fromiter(chain.from_iterable(row.numbers for row in self.rows), float)

    @cached_property
    def tables(self) -> Sequence[Floats]:
        """The numbers of each row, and of rows of one form those of each column added up."""
        found = [np.array(row.numbers) for row in self.rows[:MAX_ROWS]]
        forms: dict[int, list[tuple[float | None, ...]]] = defaultdict(list)
        for row in self.rows:
            forms[len(row.cells)].append(row.values[:MAX_CELLS])
        for alike in forms.values():
            if len(alike) > 1:
                found.append(np.nansum(np.array(alike, dtype=float), axis=0))
        return found

    @cached_property
    def parts(self) -> Sequence[Floats]:
        """What of each table can be added up to one number, in order and without repetition."""
        return [np.unique(sums(numbers)) for numbers in self.tables for sums in (_sums, _pairs)]


Way = Callable[[Mapping[str, Any], _Rows], bool]


def audit(snapshot: Snapshot, folder: Path, n: int = N_FIGURES, seed: int = 0) -> list[AuditedFigure]:
    """Compare figures of every source with their official files.

    Args:
        snapshot: whose figures.
        folder: the folder that it was built from.
        n: how many figures are to be checked; each source has about the same number.
        seed: of the draw.

    Returns:
        One entry for each figure drawn until `n` were right or wrong, by source.
    """
    chance = random.Random(seed)  # noqa: S311
    drawn = islice(_drawn(snapshot, chance), SPARE * n)
    names = _names(snapshot)
    judged: list[AuditedFigure] = []
    while left := n - sum(one.status != "not checked" for one in judged):
        by_file: dict[str, list[dict[str, Any]]] = defaultdict(list)
        for figure in _with_words([*islice(drawn, left)], snapshot):
            by_file[figure["file"]].append(figure)
        if not by_file:
            break
        for file, figures in sorted(by_file.items()):
            judged += _in_file(snapshot, folder / file, figures, names, chance)
    return sorted(judged, key=lambda one: (one.source, one.file, one.measure, one.code, one.period_end))


def _drawn(snapshot: Snapshot, chance: random.Random) -> Iterator[dict[str, Any]]:
    """A figure of each source in turn; a small source leaves its turns to the others."""
    order = snapshot.measures.sort(pl.all()).partition_by("source", maintain_order=True)
    pools = [list(range(frame.height)) for frame in order]
    for pool in pools:
        chance.shuffle(pool)
    for turn in range(max(map(len, pools), default=0)):
        for frame, pool in zip(order, pools, strict=True):
            if turn < len(pool):
                yield frame.row(pool[turn], named=True)


def _with_words(figures: Sequence[Mapping[str, Any]], snapshot: Snapshot) -> list[dict[str, Any]]:
    """Figures with the word of their scale, such as a grade, in capitals."""
    # Features name a scale with its ends, "grade, 1 to 5", measures without.
    scales = {unit.partition(",")[0]: words for unit, words in snapshot.sector.display.scales.items()}
    found = []
    for one in figures:
        word = scales.get(one["unit"].partition(",")[0], {}).get(f"{one['value']:g}")
        found.append({**one, "word": None if word is None else _plain(word)})
    return found


def _names(snapshot: Snapshot) -> dict[str, set[str]]:
    """Code -> how a row may name the organisation, in capitals."""
    found: dict[str, set[str]] = defaultdict(set)
    for table in (snapshot.organisations, snapshot.names):
        for code, name in table.select("code", "name").iter_rows():
            found[code] |= {code.upper(), " ".join(name.upper().split())}
    return found


def _in_file(
    snapshot: Snapshot,
    path: Path,
    figures: Sequence[Mapping[str, Any]],
    names: Mapping[str, set[str]],
    chance: random.Random,
) -> Iterator[AuditedFigure]:
    everything = snapshot.measures.filter(pl.col("file") == figures[0]["file"])
    others = {
        key: _with_words(_others(everything, *key, chance), snapshot)
        for key in sorted({(one["source"], one["measure"]) for one in figures})
    }
    wanted = {one["code"] for group in (figures, *others.values()) for one in group}
    keys = {key: code for code in sorted(wanted) for key in names.get(code, {code})}
    rows: dict[str, list[_Printed]] = defaultdict(list)
    problem = ""
    if not path.is_file():
        problem = "the file is not in the folder"
    else:
        open_file = ROWS.get(path.suffix.casefold())
        try:
            for row in open_file(path) if open_file else ():
                cells = [_plain(cell) for cell in row]
                if len({cell for cell in cells if cell in keys and keys[cell] == cell}) > MAX_NAMED:
                    continue
                for code in {keys[cell] for cell in cells[:MAX_CELLS] if cell in keys}:
                    rows[code].append(_Printed(tuple(cells[:MAX_CELLS]), tuple(map(_number, row))))
            problem = "" if open_file else f"no second way to open {path.suffix} files"
        except Exception as error:  # whatever the other library stumbles over
            problem = f"the second way to open it failed ({type(error).__name__})"
    ways = {key: _holding(group, rows) for key, group in others.items()}
    for one in figures:
        status, why = _judged(one, rows, *ways[one["source"], one["measure"]])
        if problem:
            status, why = "not checked", problem
        yield AuditedFigure(**{field: one[field] for field in FIGURE}, status=status, why=why)


def _others(figures: pl.DataFrame, source: str, measure: str, chance: random.Random) -> list[dict[str, Any]]:
    own = figures.filter(pl.col("source") == source, pl.col("measure") == measure, pl.col("value") != 0)
    rows = own.sort(pl.all()).to_dicts()
    return chance.sample(rows, min(N_OTHERS, len(rows)))


def _holding(
    others: Sequence[Mapping[str, Any]], rows: Mapping[str, list[_Printed]]
) -> tuple[Sequence[str], frozenset[str]]:
    """The ways in which most figures are found, the best first, and the codes found in none of them."""
    own = [(one, _rows_of(one, rows)) for one in others]
    for ways in (EXACT_WAYS, OTHER_WAYS):
        missed = {
            way: {one["code"] for one, its_rows in own if not (its_rows.rows and found_in(one, its_rows))}
            for way, found_in in ways.items()
        }
        most = [way for way, codes in missed.items() if len(codes) <= (1 - PRINTED) * len(others)]
        if most and others:
            return sorted(most, key=lambda way: len(missed[way])), frozenset.intersection(
                *(frozenset(missed[way]) for way in most)
            )
    return [], frozenset()


def _judged(
    one: Mapping[str, Any], rows: Mapping[str, list[_Printed]], ways: Sequence[str], missed: frozenset[str]
) -> tuple[Status, str]:
    if not ways:
        return "not checked", "it is worked out in a manner that this path does not know"
    if not rows.get(one["code"]):
        return "not checked", "no row of the file has its code or name"
    own = _rows_of(one, rows)
    for way in ways:
        if WAYS[way](one, own):
            return "right", way
    if ways[0] in EXACT_WAYS and _in_parts(one, own):
        return "right", IN_PARTS
    if missed - {one["code"]}:  # the ways do not hold for all others
        for name, found_in in WAYS.items():
            if found_in(one, own):
                return "right", name
        return "not checked", f"others stand there in more than one way, this one not as most: {ways[0]}"
    if one["value"] == 0:
        return "not checked", "a nought that is printed nowhere: no row has a part of it"
    return "wrong", f"in none of its {len(rows[one['code']])} rows: {' or '.join(ways)}"


def _rows_of(one: Mapping[str, Any], rows: Mapping[str, list[_Printed]]) -> _Rows:
    return _Rows(_of_period(rows.get(one["code"], []), one["period_start"], one["period_end"]))


def _printed(factor: float) -> Way:
    def found_in(one: Mapping[str, Any], own: _Rows) -> bool:
        value = one["value"] * factor
        apart = np.abs(own.numbers - value)
        return bool((apart <= np.maximum(CLOSE * np.maximum(np.abs(own.numbers), abs(value)), 1e-9)).any())

    return found_in


def _as_word(one: Mapping[str, Any], own: _Rows) -> bool:
    return one["word"] is not None and any(one["word"] in row.cells for row in own.rows)


def _counted(one: Mapping[str, Any], own: _Rows) -> bool:
    """Whether so many rows of it there are, in all or with the same words in one of the first columns."""
    if one["value"] < 2:  # one row of a kind is in every file
        return False
    alike = Counter((at, cell) for row in own.rows for at, cell in enumerate(row.cells) if cell)
    return one["value"] == len(own.rows) or one["value"] in alike.values()


def _sums(numbers: Floats) -> Floats:
    """Sums of all runs of neighbouring numbers; of too many numbers, these alone."""
    if len(numbers) > MAX_NUMBERS:
        return numbers
    to = np.concatenate([[0.0], np.cumsum(numbers)])
    first, last = np.triu_indices(len(to), 1)
    return np.asarray(to[last] - to[first])


def _pairs(numbers: Floats) -> Floats:
    return (numbers[:, None] + numbers[None, :]).ravel() if len(numbers) <= MAX_NUMBERS else numbers


def _added(one: Mapping[str, Any], own: _Rows) -> bool:
    return any(bool(np.isclose(parts, one["value"], rtol=CLOSE, atol=1e-9).any()) for parts in own.parts)


def _divided(one: Mapping[str, Any], own: _Rows) -> bool:
    if one["value"] > 1 and one["value"] % 1 == 0:  # a small count is the ratio of some two numbers
        return False
    for parts in own.parts:
        wholes = parts[parts > 0]
        for share in (one["value"], 1 - one["value"]):
            # A part must be the share of a whole to the last digit.
            wanted = share * wholes
            at = np.searchsorted(parts, wanted).clip(0, max(len(parts) - 1, 0))
            for beside in (at, (at - 1).clip(0)):
                if len(parts) and np.isclose(parts[beside], wanted, rtol=EXACT, atol=EXACT).any():
                    return True
    return False


def _from_nought(one: Mapping[str, Any], own: _Rows) -> bool:
    return one["word"] is not None and bool((own.numbers == one["value"] - 1).any())


def _in_parts(one: Mapping[str, Any], own: _Rows) -> bool:
    """Whether it is the sum of one column over rows of the period: most have one row, some have several."""
    *_, together = [np.zeros(0), *own.tables]
    return len(own.rows) > 1 and bool(np.isclose(together, one["value"], rtol=CLOSE).any())


IN_PARTS = "printed in parts, which add up to it"
EXACT_WAYS: Mapping[str, Way] = {
    "as a word": _as_word,
    **{f"printed{'' if factor == 1 else f', times {factor:g}'}": _printed(factor) for factor in FACTORS},
    "printed on a scale that begins with 0": _from_nought,
}
OTHER_WAYS: Mapping[str, Way] = {
    "a count of rows": _counted,
    "a sum of what is printed": _added,
    "a share of what is printed": _divided,
}
WAYS = {**EXACT_WAYS, **OTHER_WAYS}
"""How a figure can stand in its file, the surest first."""


def _of_period(rows: Sequence[_Printed], start: date, end: date) -> Sequence[_Printed]:
    """The rows that name a month of the period, else a day of it by number, its year, or all.

    A day's number counts only where no row names a month, of a year where none names the year: a count of
    15,887 attendances is no 1 July 2013.
    """
    forms, numbers, years = _names_of_period(start, end)
    named, numbered, of_year, in_year = [], [], [], []
    for row in rows:
        texts = [cell.removesuffix(".0") for cell in row.cells]
        if any(form in text for text in texts for form in forms):
            named.append(row)
        elif any(text in numbers for text in texts):
            numbered.append(row)
        if any(text in years for text in texts):
            of_year.append(row)
        elif any(text in (f"{start:%Y}", f"{end:%Y}") for text in texts):
            in_year.append(row)
    if (end - start).days > DAYS_OF_A_QUARTER:
        return named or of_year or numbered or in_year or rows
    return named or numbered or of_year or in_year or rows


@lru_cache(maxsize=1000)
def _names_of_period(start: date, end: date) -> tuple[frozenset[str], frozenset[str], frozenset[str]]:
    """Names of its months; its first and last days as spreadsheets and R number them; names of its year."""
    forms: set[str] = set()
    first = start.replace(day=1)
    months = (end.year - first.year) * 12 + end.month - first.month + 1
    for at in range(months if months <= MONTHS_OF_A_QUARTER else 0):
        year, month = divmod(first.year * 12 + first.month - 1 + at, 12)
        day = date(year, month + 1, 1)
        forms |= {f"{day:{form}}".upper() for form in MONTH_FORMS}
    days = {first, start, end}
    numbers = {str((day - origin).days) for day in days for origin in (date(1970, 1, 1), date(1899, 12, 30))}
    # A year that begins in April is called by both; where it is called by one, that may be a count, too.
    years = {f"{start.year}{dash}{end:%y}" for dash in ("-", "/", "")}
    if not forms:
        forms = {f"{end:%Y-%m-%d}", f"{end:%d/%m/%Y}", f"{end:%B %Y}".upper()}
    return frozenset(forms), frozenset(numbers), frozenset(years)


def _plain(cell: str) -> str:
    return " ".join(cell.upper().split())


def _number(cell: str) -> float | None:
    text = _AROUND.sub("", cell)
    if not text or text[0] not in "-+.(0123456789":
        return None
    if re.fullmatch(r"\(\d.*\)", text):
        text = f"-{text[1:-1]}"
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) else None
