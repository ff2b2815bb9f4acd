"""NHS Trust Peer Finder: the 21 inputs of NHS England's own method for finding similar trusts.

The file is named 1920; its staff figures are those of March 2019 and its list of trusts is that of
early 2019, so it is read as 2018/19. `peer_finder_*` are exactly as published, so that the official
method can be followed to the last bit. Three things to know before using them for anything else:

- Night beds and day beds hold 0 where nothing was reported: all 12 zeros of night beds and all 57
  of day beds are missing values, as the rounded edition of the same table (Appendix A) shows. The
  four trusts with no diagnosis share are the only ones left blank, and are no rows here.
- Operating expenses are negative thousands of pounds.
- Ages and urban share count episodes and attendances, not residents.

The same publication also gives the plain measures of `CONTEXT`.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl

from matchmaker.sectors.nhs.sources.nhs_codes import trust_table
from matchmaker.sources import tabular
from matchmaker.sources.periods import financial_year
from matchmaker.sources.publication import Publication
from matchmaker.sources.tabular import Column, number, text

PAGE = "https://github.com/nhsengland/NHSE-Methods-Euclidean-distance-estimation"
SHEET = "Raw Data"
GEOGRAPHY = date(2010, 1, 1)
"""How far it is to the sea was no secret before the tool printed it: it counts from here on."""
PERIOD = financial_year(2018)
KILOMETRES_PER_MILE = 1.609344
INPUTS = {
    "peer_finder_deprivation": "Deprivation",
    "peer_finder_patients": "Patients",
    "peer_finder_attendances": "Attendances",
    "peer_finder_fte_staff": "FTE staff",
    "peer_finder_diagnosis": "Diagnosis",
    "peer_finder_night_beds": "Night beds",
    "peer_finder_day_beds": "Day beds",
    "peer_finder_age_0_15": "Age 0-15",
    "peer_finder_age_60_74": "Age 60-74",
    "peer_finder_no_procedure": "No procedure",
    "peer_finder_operating_expenses": "Operating Expenses",
    "peer_finder_urban": "Urban",
    "peer_finder_sites": "Sites",
    "peer_finder_sea_distance": "Sea distance",
    "peer_finder_mff": "MFF payment index",
    "peer_finder_degree_of_specialisation": "Degree of specialisation",
    "peer_finder_student_staff": "StudentStaff",
    "peer_finder_ccgs": "CCGs",
    "peer_finder_minor_ae": "Non-type 1 AE department",
    "peer_finder_absence_rate": "Absence Rate",
    "peer_finder_dtocs": "DTOCs",
}
CONTEXT = {
    "deprivation_score": ("peer_finder_deprivation", 1.0),
    "urban_share": ("peer_finder_urban", 1.0),
    "activity_age_0_15_share": ("peer_finder_age_0_15", 1.0),
    "activity_age_60_74_share": ("peer_finder_age_60_74", 1.0),
    # The method's own list of inputs says miles; Derby, among the farthest, is given 58 of them.
    "sea_distance": ("peer_finder_sea_distance", KILOMETRES_PER_MILE),
    "market_forces_factor": ("peer_finder_mff", 1.0),
    # Described as a proportion of students, yet times the staff it gives round numbers of students.
    "medical_students_per_staff": ("peer_finder_student_staff", 1.0),
    "commissioners": ("peer_finder_ccgs", 1.0),
}


def read(path: Path) -> pl.DataFrame:
    """The inputs as published, then the measures in the units of the catalogue."""
    columns: list[Column] = [text("code", "Procode")]
    columns += [number(name, heading) for name, heading in INPUTS.items()]
    frame = _exact(path, trust_table(path, columns, sheet=SHEET))
    plain = frame.select(
        "code", "row", *((pl.col(given) * by).alias(m) for m, (given, by) in CONTEXT.items())
    )
    headings = INPUTS | {measure: INPUTS[given] for measure, (given, _) in CONTEXT.items()}
    place = plain.with_columns(known_from=pl.lit(GEOGRAPHY))
    dated = [measure for measure in CONTEXT if measure != "sea_distance"]
    rows = pl.concat(
        [
            tabular.long(frame, tuple(INPUTS), PERIOD, sheet=SHEET),
            tabular.long(plain, dated, PERIOD, sheet=SHEET),
            tabular.long(place, ("sea_distance",), (GEOGRAPHY, GEOGRAPHY), sheet=SHEET),
        ],
        how="diagonal",
    )
    return rows.with_columns(column=pl.col("measure").replace_strict(headings))


def _exact(path: Path, frame: pl.DataFrame) -> pl.DataFrame:
    """The checked table with every digit: as text, a workbook gives nine decimals only."""
    heading_row = frame["row"][0] - 2
    import fastexcel

    sheet = fastexcel.read_excel(path).load_sheet(SHEET, header_row=heading_row).to_polars()
    names = {tabular.plain(heading): heading for heading in sheet.columns}
    exact = sheet.with_row_index("row", offset=heading_row + 2).select(
        pl.col("row"),
        *(
            pl.col(names[tabular.plain(heading)]).cast(pl.Float64).alias(measure)
            for measure, heading in INPUTS.items()
        ),
    )
    return frame.select("code", "row").join(exact, on="row", how="left", maintain_order="left")


PUBLICATIONS = (
    Publication(
        id="peer_finder",
        publisher="NHS England",
        title="Inputs of the NHS Trust Peer Finder (Euclidean distance estimation), 2018/19",
        page=PAGE,
        files=("nhse-peer-method/raw_data_1920.xlsx",),
        # Known from 31 March 2020: the tool came out in 2019, on a day that the file does not state.
        lag_days=366,
        read=read,
    ),
)
