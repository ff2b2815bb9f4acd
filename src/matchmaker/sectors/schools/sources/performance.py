"""The performance tables: census, absence, workforce, key stages 2 and 4, by school and by trust."""

from __future__ import annotations

import re
from datetime import date
from functools import partial
from pathlib import Path

import polars as pl

from matchmaker.sectors.schools.sources.forms import in_order, is_school, long, number, percent, table, urn
from matchmaker.sectors.schools.sources.lineage import carried_on
from matchmaker.sources.publication import Publication, Standing

PAGE = "https://www.compare-school-performance.service.gov.uk/download-data"
CENSUS_LAG, ABSENCE_LAG, STAFF_LAG = 150, 235, 216
"""Days from the census in January, from July and from November to the releases of June, March and June."""
STAFF_2024 = date(2024, 11, 1)
DESTINATIONS_LAG = 590
"""From the end of the year in which they were followed to the tables of the second February after."""
MOST = 0.5
"""Above this share of noughts a column holds them for what was not said."""
RESULTS_LAG = 170
"""From July to the performance tables of the December or January after."""


def _year(path: Path) -> int:
    found = re.search(r"20\d\d", path.name)
    return int(found.group()) if found else 0


def read_census(path: Path) -> pl.DataFrame:
    """Pupils on roll in January: free meals in the last six years, language, special needs."""
    optional = ("NOR", "NORG", "NORB", "PNUMFSMEVER", "PSENELK", "PSENELSE", "PSENA", "PSENSAP", "PNUMEAL")
    raw, on = table(path, ("URN",), optional), date(_year(path), 1, 18)
    total = pl.coalesce(number("NOR"), number("NORG") + number("NORB"))
    rows = raw.select(
        urn("URN").alias("code"),
        pupils=pl.when(total > 0).then(total),
        free_meals=_said(percent("PNUMFSMEVER")),
        other_language=percent("PNUMEAL"),
        special_needs=pl.coalesce(
            percent("PSENELK") + percent("PSENELSE"), percent("PSENA") + percent("PSENSAP")
        ),
        period_start=pl.lit(on),
        period_end=pl.lit(on),
    )
    names = ["pupils", "free_meals", "other_language", "special_needs"]
    return _schools(long(rows, names), path, CENSUS_LAG)


def _said(share: pl.Expr) -> pl.Expr:
    """Without noughts where most are: three of four schools of January 2016 have one."""
    return pl.when((share > 0) | ((share == 0).mean() < MOST)).then(share)


def read_absence(path: Path) -> pl.DataFrame:
    """Sessions missed in a school year, and pupils who missed a tenth of them or more."""
    raw = table(path, ("URN", "PERCTOT"), ("PPERSABS10",))
    rows = raw.select(
        urn("URN").alias("code"),
        *_school_year(_year(path)),
        absence=percent("PERCTOT"),
        persistent_absence=percent("PPERSABS10"),
    )
    return _schools(long(rows, ["absence", "persistent_absence"]), path, ABSENCE_LAG)


def read_staff(path: Path) -> pl.DataFrame:
    """Pupils to each teacher, qualified or not, in the November of the school year."""
    columns = ("Pupil:     Teacher Ratio", "RATPUPTEA", "wf_pupil_to_qual_unqual_teacher_ratio")
    raw = table(path, ("URN",), columns)
    # The secondary schools of 2023/24 stand beside the workforce of the November after.
    on = STAFF_2024 if _year(path) == 0 else date(_year(path) - 1, 11, 1)
    ratio = pl.coalesce(number(name) for name in columns)
    rows = raw.select(
        urn("URN").alias("code"),
        pupils_per_teacher=pl.when(ratio.is_between(1, 60, closed="both")).then(ratio),
        period_start=pl.lit(on),
        period_end=pl.lit(on),
    )
    return _schools(long(rows, ["pupils_per_teacher"]), path, STAFF_LAG)


def read_destinations(path: Path) -> pl.DataFrame:
    """Pupils who went on to education or work, of those who left key stage 4 two years before."""
    raw = table(path, ("URN", "OVERALL_DESTPER"))
    rows = raw.select(
        urn("URN").alias("code"), *_school_year(_year(path) - 1), goes_on=percent("OVERALL_DESTPER")
    )
    return _schools(long(rows, ["goes_on"]), path, DESTINATIONS_LAG)


def read_key_stage_2(path: Path) -> pl.DataFrame:
    """Progress in reading, writing and mathematics (their mean), and the expected standard in all three."""
    year = _year(path)
    if year == 2019:
        names = ("READPROG", "WRITPROG", "MATPROG")
        raw = table(path, ("URN", *names))
        expected = pl.lit(None, pl.Float64)
    else:
        names = ("Reading Progress", "Writing Progress", "Maths Progress")
        raw = table(path, ("URN", *names, "Overall Meet Std"))
        expected = percent("Overall Meet Std")
    rows = raw.select(
        urn("URN").alias("code"),
        *_school_year(year),
        primary_progress=pl.sum_horizontal((number(name) for name in names), ignore_nulls=False) / 3,
        primary_expected=expected,
    ).unique("code", keep="first", maintain_order=True)
    return _schools(long(rows, ["primary_progress", "primary_expected"]), path, RESULTS_LAG)


def read_key_stage_4(path: Path) -> pl.DataFrame:
    """Progress 8 and Attainment 8."""
    year = _year(path)
    p8, a8 = ("P8MEA", "ATT8SCR") if year == 2019 else ("Progress 8", "Attainment 8")
    raw = table(path, ("URN", p8, a8))
    rows = raw.select(
        urn("URN").alias("code"), *_school_year(year), progress_8=number(p8), attainment_8=number(a8)
    ).unique("code", keep="first", maintain_order=True)
    return _schools(long(rows, ["progress_8", "attainment_8"]), path, RESULTS_LAG)


def read_secondary_2024(path: Path) -> pl.DataFrame:
    """Progress 8 and Attainment 8 of 2023/24."""
    columns = ("ks4_progress8", "ks4_attainment8")
    limits = ("ks4_p8_lower_ci", "ks4_p8_upper_ci")
    raw = table(path, ("URN", *columns), limits)
    in_order(path, raw, {columns[0]: limits})
    rows = raw.select(
        urn("URN").alias("code"),
        *_school_year(2024),
        progress_8=number(columns[0]),
        attainment_8=number(columns[1]),
    )
    rows = rows.unique("code", keep="first", maintain_order=True)
    return _schools(long(rows, ["progress_8", "attainment_8"]), path, RESULTS_LAG)


def read_trusts(path: Path, stage: int) -> pl.DataFrame:
    """Results of trusts with three eligible schools or more, weighted by their pupils, as published."""
    year, end = _year(path), "_WGTAVG"
    uid = ("TRUST_UID",)
    if stage == 4:
        names = [f"P8MEA{end}", f"ATT8SCR{end}"]
        bounds = {names[0]: ("P8CILOW", "P8CIUPP")}
        parts = ("FSM6CLA1A", "NFSM6CLA1A")
        values = {"progress_8": number(f"P8MEA{end}"), "attainment_8": number(f"ATT8SCR{end}")}
    else:
        names = [f"{subject}_PROGSCORE_EM_ADJ{end}" for subject in ("READ", "WRIT", "MAT")]
        progress = [number(name) for name in names]
        bounds = {
            name: (name.replace(f"EM_ADJ{end}", "ADJ_LOWER"), name.replace(f"EM_ADJ{end}", "ADJ_UPPER"))
            for name in names
        }
        parts = ("FSM6CLA1A", "NOTFSM6CLA1A")
        names = [*names, f"PRWM_EXP{end}"]
        values = {
            "primary_progress": pl.sum_horizontal(progress, ignore_nulls=False) / 3,
            "primary_expected": percent(f"PRWM_EXP{end}"),
        }
    wholes = {name: tuple(f"{name}_{part}" for part in parts) for name in names}
    raw = table(path, uid, list(dict.fromkeys(sum([*bounds.values(), *wholes.values()], tuple(names)))))
    in_order(path, raw, bounds)
    in_order(path, raw, wholes)
    rows = raw.select(urn("TRUST_UID").alias("code"), *_school_year(year), **values)
    rows = rows.drop_nulls("code").unique("code", keep="first", maintain_order=True)
    return long(rows, list(values))


def _school_year(year: int) -> tuple[pl.Expr, pl.Expr]:
    return (
        pl.lit(date(year - 1, 9, 1)).alias("period_start"),
        pl.lit(date(year, 7, 31)).alias("period_end"),
    )


def _schools(rows: pl.DataFrame, path: Path, lag: int) -> pl.DataFrame:
    """Each figure of a school once, and those that go on to successors; see `lineage.carried_on`."""
    key = ["code", "measure", "period_end"]
    once = rows.filter(is_school(pl.col("code"))).unique(key, keep="first", maintain_order=True)
    return carried_on(once, path, lag)


def _tables(id_: str, title: str, files: tuple[str, ...], lag: int, read: object) -> Publication:
    return Publication(
        id=id_,
        publisher="Department for Education",
        title=title,
        page=PAGE,
        files=files,
        lag_days=lag,
        read=read,  # type: ignore[arg-type]
        standing=Standing.EXTRACTED,
        compiled_by="aircury, pauligle and waiky8 on GitHub",
    )


PUBLICATIONS = (
    _tables(
        "dfe_census",
        "School census, January",
        (
            "*pt_201[2-9]_england_census.*",
            "*pt_202?_england_census.*",
        ),
        CENSUS_LAG,
        read_census,
    ),
    _tables("dfe_absence", "Absence by school year", ("*pt_20??_england_abs.*",), ABSENCE_LAG, read_absence),
    _tables(
        "dfe_workforce",
        "School workforce, November",
        ("*pt_20??_england_swf.*", "*england_secondary_schools.*"),
        STAFF_LAG,
        read_staff,
    ),
    _tables(
        "dfe_key_stage_2",
        "Key stage 2 by school",
        ("*ks2_perf_201[678].*", "*ks2_2019_waiky8.*"),
        RESULTS_LAG,
        read_key_stage_2,
    ),
    _tables(
        "dfe_key_stage_4",
        "Key stage 4 by school",
        ("*ks4_perf_201[678].*", "*ks4_2019_waiky8.*"),
        RESULTS_LAG,
        read_key_stage_4,
    ),
    _tables(
        "dfe_destinations",
        "Destinations after key stage 4 by school",
        ("*england_ks4_pupdest.*",),
        DESTINATIONS_LAG,
        read_destinations,
    ),
    _tables(
        "dfe_key_stage_4_2024",
        "Key stage 4 by school, 2023/24",
        ("*england_secondary_schools.*",),
        RESULTS_LAG,
        read_secondary_2024,
    ),
    _tables(
        "dfe_trusts_key_stage_2",
        "Key stage 2 by multi-academy trust",
        ("*pt_202[34]_ks2_mats_performance.*",),
        RESULTS_LAG,
        partial(read_trusts, stage=2),
    ),
    _tables(
        "dfe_trusts_key_stage_4",
        "Key stage 4 by multi-academy trust",
        ("*pt_202[234]_ks4_mats_performance.*",),
        RESULTS_LAG,
        partial(read_trusts, stage=4),
    ),
)
