"""Draws figures of the snapshot and reads them again from the official files by another path.

    python tests/sectors/schools/read_back.py FOLDER

It uses pandas, and nothing of the readers: each measure is said here in the publication's own columns.
What it found is written to read_back.csv, which the test compares with the snapshot that is shipped.
"""

from __future__ import annotations

import csv
import random
import re
import sys
from pathlib import Path

import pandas as pd

from matchmaker.snapshot.store import bundled, load

N_FIGURES = 240
HERE = Path(__file__).parent


def frame(path: Path) -> pd.DataFrame:
    return pd.read_parquet(path).astype(object)


def number(text: object) -> float | None:
    found = re.fullmatch(r"\s*£?(-?[\d.,]+)%?\s*", str(text))
    return None if text is None or not found else float(found[1].replace(",", ""))


def percent(text: object) -> float | None:
    value = number(text)
    return None if value is None else value / 100


def key(text: object) -> str:
    value = number(text)
    return "" if value is None or pd.isna(value) else str(int(value))


def day(text: object) -> str:
    text = str(text)[:10]
    if found := re.fullmatch(r"(\d\d)[-/](\d\d)[-/](\d{4})", text):
        return f"{found[3]}-{found[2]}-{found[1]}"
    if re.fullmatch(r"\d{8}", text):
        return f"{text[:4]}-{text[4:6]}-{text[6:]}"
    return text


def add(*parts: float | None) -> float | None:
    return None if any(part is None for part in parts) else sum(part for part in parts if part is not None)


GRADES = {"outstanding": 4, "good": 3, "satisfactory": 2, "requires improvement": 2, "inadequate": 1}
GRADES |= {"serious weaknesses": 1, "special measures": 1}
JUDGED = (
    "Quality of education",
    "Behaviour and attitudes",
    "Personal development",
    "Effectiveness of leadership and management",
)


def word(text: object) -> float | None:
    return GRADES.get(str(text).strip().lower())


def turned(text: object) -> float | None:
    value = number(text)
    return None if value is None or not 1 <= value <= 4 else 5 - value


def outcomes(row: pd.Series, measure: str, end: str) -> list[float | None]:
    """Ofsted's list has two inspections to a row: the latest and the one before."""
    found: list[float | None] = []
    if day(row["Inspection start date"]) == end:
        lowest = [one for one in map(turned, (row[name] for name in JUDGED)) if one is not None]
        found.append(
            {
                "grade": turned(row["Overall effectiveness"]),
                "lowest_judgement": min(lowest, default=None),
                "concern": {"SM": 2.0, "SWK": 1.0}.get(str(row["Category of concern"]), 0.0),
            }[measure]
        )
    if day(row["Previous inspection start date"]) == end:
        found.append(
            {
                "grade": turned(row["Previous graded inspection overall effectiveness"]),
                "lowest_judgement": None,
                "concern": {"SM": 2.0, "SWK": 1.0}.get(str(row["Previous category of concern"]), 0.0),
            }[measure]
        )
    return found


def monthly(row: pd.Series, measure: str, end: str) -> list[float | None]:
    found = []
    if day(row["insp_date"]) == end:
        concern = {"SM": 2.0, "SWK": 1.0}.get(str(row["category"]).strip(), 0.0)
        found.append(turned(row["grade"]) if measure == "grade" else concern)
    if day(row["prev_date"]) == end and measure == "grade":
        found.append(turned(row["prev_grade"]))
    return found


def years_to(end: str, text: object) -> float | None:
    if text is None or str(text) in {"nan", "NaT", "None", ""}:
        return None
    return (pd.Timestamp(end) - pd.Timestamp(day(text))).days / 365.25


def finance(row: pd.Series, measure: str, end: str) -> list[float | None]:
    took, spent = ("TOTALINCOME", "TOTALEXPENDITURE") if "TOTALINCOME" in row else ("Income", "Expenditure")
    income = number(row[took])
    left = (income - number(row[spent])) / income  # type: ignore[operator]
    return [income if measure == "income" else left]


def premium(row: pd.Series, measure: str, end: str) -> list[float | None]:
    stages = "Number of Primary pupils on roll (9)", "Number of  Secondary pupils on roll (10)"
    pupils = add(*(number(row[name]) for name in stages))
    got = number(row["Total number of pupils eligible for the Deprivation Pupil Premium"])
    return [got / pupils]  # type: ignore[operator]


def ofsted_pupils(row: pd.Series, measure: str, end: str) -> list[float | None]:
    fifth = "The income deprivation affecting children index (IDACI) quintile"
    return [number(row["Total number of pupils" if measure == "pupils" else fifth])]


def settlement(row: pd.Series, measure: str, end: str) -> list[float | None]:
    if "edition" in row and day(row["edition"]) != end:
        return []
    words = str(row["UrbanRuralName"] if "edition" in row else row["urban_rural"])
    return [{"U": 1.0, "L": 2.0, "S": 3.0}.get(words[0])]


BESIDE = {
    "dfe_school_finance": finance,
    "dfe_pupil_premium_2019": premium,
    "ofsted_pupils_2025": ofsted_pupils,
    "gias_settlement": settlement,
    "dfe_prior_attainment_2024": lambda row, measure, end: [number(row["avg_ks2_scaledscore"])],
    "dfe_destinations": lambda row, measure, end: [percent(row["OVERALL_DESTPER"])],
}


def published(row: pd.Series, source: str, measure: str, end: str) -> list[float | None]:
    """The figures that a row may mean by a measure."""
    if source == "ofsted_outcomes_2025":
        return outcomes(row, measure, end)
    if source == "ofsted_monthly_2013_2015":
        return monthly(row, measure, end)
    if source == "ofsted_history_2020":
        return [word(row["Rating"])] if day(row["Inspection Date"]) == end else []
    if source == "ofsted_school_information":
        rating, on = ("Rating", "Inspect Date") if "Rating" in row else ("OFSTEDRATING", "OFSTEDLASTINSP")
        return [word(row[rating])] if day(row[on]) == end else []
    if source == "gias_governance":
        if day(row["edition"]) != end:
            return []
        left, stay = number(row["n_trustees_left_last_12m"]), number(row["n_trustees"])
        return {
            "trustees": lambda: [stay],
            "trustees_left": lambda: [left / (left + stay)],  # type: ignore[operator]
            "trustee_years": lambda: [number(row["median_trustee_tenure_years"])],
            "chair_years": lambda: [years_to(end, row["chair_appointed"])],
            "accounting_officer_years": lambda: [years_to(end, row["ao_appointed"])],
        }[measure]()
    if source in BESIDE:
        return BESIDE[source](row, measure, end)
    of_trust, year = "_WGTAVG", int(end[:4])
    trusts = "trusts" in source
    if measure == "primary_progress":
        if trusts:
            names = [f"{one}_PROGSCORE_EM_ADJ{of_trust}" for one in ("READ", "WRIT", "MAT")]
        elif year == 2019:
            names = ["READPROG", "WRITPROG", "MATPROG"]
        else:
            names = ["Reading Progress", "Writing Progress", "Maths Progress"]
        total = add(*(number(row[name]) for name in names))
        return [None if total is None else total / 3]
    if measure == "primary_expected":
        return [percent(row[f"PRWM_EXP{of_trust}" if trusts else "Overall Meet Std"])]
    if measure in {"progress_8", "attainment_8"}:
        heads = {
            "dfe_key_stage_4_2024": {"progress_8": "ks4_progress8", "attainment_8": "ks4_attainment8"},
            "dfe_trusts_key_stage_4": {
                "progress_8": f"P8MEA{of_trust}",
                "attainment_8": f"ATT8SCR{of_trust}",
            },
        }.get(source) or (
            {"progress_8": "P8MEA", "attainment_8": "ATT8SCR"}
            if year == 2019
            else {"progress_8": "Progress 8", "attainment_8": "Attainment 8"}
        )
        return [number(row[heads[measure]])]
    if measure == "special_needs":
        old, new = ("PSENELSE", "PSENELK"), ("PSENA", "PSENSAP")
        pair = next(pair for pair in (old, new) if pair[0] in row and number(row[pair[0]]) is not None)
        return [add(*(percent(row[name]) for name in pair))]
    heads = {
        "pupils": ("NOR", number),
        "free_meals": ("PNUMFSMEVER", percent),
        "other_language": ("PNUMEAL", percent),
        "absence": ("PERCTOT", percent),
        "persistent_absence": ("PPERSABS10", percent),
        "pupils_per_teacher": ("Pupil:     Teacher Ratio", number),
    }
    head, read = heads[measure]
    for other in ("RATPUPTEA", "wf_pupil_to_qual_unqual_teacher_ratio"):
        head = other if measure == "pupils_per_teacher" and other in row else head
    if head == "NOR" and "NOR" not in row:
        return [add(number(row["NORG"]), number(row["NORB"]))]
    return [read(row[head])]


def predecessors(folder: Path) -> dict[str, set[str]]:
    """URN -> what it followed, or was at the time of an inspection."""
    found: dict[str, set[str]] = {}
    for path in folder.rglob("gias_links_20*.parquet"):
        rows = frame(path)
        rows = rows[rows["LinkType"] == "Predecessor"]
        for one, other in zip(rows["URN"], rows["LinkURN"], strict=True):
            found.setdefault(key(one), set()).add(key(other))
    return found


def main(folder: Path) -> int:
    figures = load(bundled("schools")).measures.sort("source", "measure", "code", "period_end")
    chance = random.Random(0)
    groups = figures.partition_by("source", "measure", maintain_order=True)
    pools = [list(range(group.height)) for group in groups]
    for pool in pools:
        chance.shuffle(pool)
    drawn = []
    while len(drawn) < N_FIGURES:
        for group, pool in zip(groups, pools, strict=True):
            if pool and len(drawn) < N_FIGURES:
                drawn.append(group.row(pool.pop(), named=True))
    drawn.sort(key=lambda one: (one["file"], one["source"], one["measure"], one["code"]))
    before, wrong, out, opened = predecessors(folder), 0, [], {}
    for one in drawn:
        if one["file"] not in opened:
            opened = {one["file"]: frame(folder / one["file"])}
        rows = opened[one["file"]]
        names = ("URN", "urn", "UID", "TRUST_UID", "school_urn")
        column = next(name for name in names if name in rows.columns)
        keys, end = rows[column].map(key), one["period_end"].isoformat()
        own = rows[keys == one["code"]]
        if own.empty:  # a figure from before the school got its number
            own = rows[keys.isin(before.get(one["code"], set()))]
        if one["source"] == "ofsted_outcomes_2025":  # the predecessor's number stands beside
            then = [name for name in rows.columns if name.startswith("URN at time of")]
            also = pd.concat([rows[rows[name].map(key) == one["code"]] for name in then])
            own = pd.concat([own, also])
        found = [
            value
            for _, row in own.iterrows()
            for value in published(row, one["source"], one["measure"], end)
            if value is not None
        ]
        right = any(abs(value - one["value"]) < 1e-6 for value in found)
        wrong += not right
        if not right:
            sys.stdout.write(f"wrong: {one['file']} {one['measure']} {one['code']} {end} {found}\n")
        nearest = min(found, key=lambda value: abs(value - one["value"]), default=None)
        out.append([one["code"], one["measure"], end, one["source"], one["file"], repr(nearest)])
    with (HERE / "read_back.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["code", "measure", "period_end", "source", "file", "value"])
        writer.writerows(out)
    sys.stdout.write(f"{len(out)} figures of {len(groups)} kinds, {wrong} wrong\n")
    return int(wrong > 0)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
