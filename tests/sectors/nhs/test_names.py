"""Names of trusts: those of public lists, of reports, of people, and what they must not be taken for."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matchmaker import Matchmaker
from matchmaker.errors import AmbiguousName, InvalidParameter, MatchmakerError, UnknownOrganisation
from matchmaker.sector import load_sector
from matchmaker.sectors.nhs.names import other_bodies, trust_names
from matchmaker.snapshot.names import ABBREVIATION, FORMER, OTHER
from matchmaker.snapshot.registry import OrganisationRegistry, Resolved
from matchmaker.sources.files import cells, r_frame

CASES = Path(__file__).parents[2] / "cases"
CURATED = {"abbreviations": {"RAT": ["NELFT"]}, "former": {}, "elsewhere": []}


def case(name: str) -> list[list[str]]:
    """The rows of a file of tests/cases under its heading."""
    return list(csv.reader((CASES / f"{name}.csv").read_text("utf-8").splitlines()))[1:]


def refusal(registry: OrganisationRegistry, asked: str, day: date | None = None) -> MatchmakerError:
    with pytest.raises(MatchmakerError) as error:
        registry.find(asked, day)
    return error.value


def given_names(rows: list[tuple[str, str]]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=["code", "name"], orient="row")


TRUSTS = pl.DataFrame(
    [
        ("RWK", "East London NHS Foundation Trust", None),
        ("RAT", "North East London NHS Foundation Trust", None),
        ("RA7", "Bristol NHS Foundation Trust", None),
        ("RVJ", "North Bristol NHS Trust", date(2026, 6, 30)),
    ],
    schema={"code": pl.String, "name": pl.String, "closed": pl.Date},
    orient="row",
)


def roster(**names: str) -> pl.DataFrame:
    rows = [(code, "other_names", value) for code, value in names.items()]
    return pl.DataFrame(rows, schema=["code", "attribute", "value"], orient="row")


def test_names_of_the_roster_that_are_anothers_are_left_out_and_noted() -> None:
    listed = roster(
        RWK="East London;North East London NHS Foundation Trust;NELFT;ELFT",
        RA7="North Bristol NHS Trust;North Bristol;UHBW;Bristol FT;Old Bristol",
    )
    frame, notes = trust_names(given_names([]), listed, given_names([]), TRUSTS, CURATED, load_sector("nhs"))
    assert set(frame.rows()) == {
        ("RAT", "NELFT", ABBREVIATION),
        ("RWK", "ELFT", ABBREVIATION),
        ("RA7", "UHBW", ABBREVIATION),
        ("RA7", "Old Bristol", OTHER),
    }
    assert notes == [
        "RWK is not called 'North East London NHS Foundation Trust', as the roster says: that is RAT.",
        "RWK is not called 'NELFT', as the roster says: that is RAT.",
    ]


def test_a_name_that_the_roster_gives_to_two_is_theirs_whose_own_begins_so() -> None:
    trusts = TRUSTS.with_columns(
        name=pl.col("name").replace("Bristol NHS Foundation Trust", "Avon Way NHS Trust")
    )
    listed = roster(RA7="Avon", RWK="Avon;Shared", RAT="Shared")
    frame, notes = trust_names(given_names([]), listed, given_names([]), trusts, CURATED, load_sector("nhs"))
    assert set(frame.filter(kind=OTHER).rows()) == {
        ("RA7", "Avon", OTHER),
        ("RWK", "Shared", OTHER),
        ("RAT", "Shared", OTHER),
    }
    assert notes == ["RWK is not called 'Avon', as the roster says: that is RA7."]


def test_names_of_earlier_lists_are_former_ones() -> None:
    editions = given_names([("RA7", "UNIVERSITY HOSPITALS BRISTOL NHS TRUST"), ("RA7", "BRISTOL NHS TRUST")])
    former = given_names([("RWK", "EAST END NHS TRUST"), ("XXX", "NOBODY")])
    frame, _ = trust_names(editions, roster(), former, TRUSTS, CURATED, load_sector("nhs"))
    assert set(frame.filter(kind=FORMER).rows()) == {
        ("RA7", "University Hospitals Bristol NHS Trust", FORMER),
        ("RWK", "East End NHS Trust", FORMER),
    }


def test_boards_of_today_and_of_before() -> None:
    trusts = TRUSTS.with_columns(
        locality_code=pl.Series(["Z9B2Z", "QMF", None, None]),
        locality=pl.Series(["West and North London", "North East London", None, None]),
    )
    editions = pl.DataFrame(
        [
            ("RWK", "QMJ", date(2025, 7, 1)),
            ("RAT", "QMF", date(2025, 7, 1)),
            ("RA7", "Q86", date(2018, 9, 1)),
        ],
        schema=["code", "locality_code", "edition"],
        orient="row",
    )
    names = [("RWK", "system_name", "North Central London"), ("RAT", "system_name", "North East London")]
    attributes = pl.DataFrame(names, schema=["code", "attribute", "value"], orient="row")
    elsewhere = {"elsewhere": [{"name": "Lothian", "label": "health board in Scotland"}]}
    frame = other_bodies(editions, attributes, trusts, elsewhere, load_sector("nhs"))
    board = "integrated care board"
    assert set(frame.select("code", "name", "label", "organisations").rows()) == {
        ("Z9B2Z", "West and North London", board, "RWK"),
        ("QMF", "North East London", board, "RAT"),
        ("QMJ", "North Central London", board, "RWK"),
        (None, "Lothian", "health board in Scotland", None),
    }


class TestPublicCases:
    """Inputs of tests/cases, made for this project after reports and lists that others published."""

    @pytest.mark.parametrize("file", ["apostrophes", "exact_names", "former_names", "name_with_code"])
    def test_names_that_find_one(self, raw_registry: OrganisationRegistry, file: str) -> None:
        for asked, code in case(file):
            assert raw_registry.find(asked).organisation.code == code, asked

    @pytest.mark.snapshot
    def test_names_in_lists_find_theirs_and_never_another(self, engine: Matchmaker) -> None:
        """Every name that stands beside the code of a trust in some fifty lists, slips included."""
        unknown = []
        rows = case("names_in_lists")
        for name, code, _ in rows:
            try:
                found = engine.registry.find(name).organisation
            except MatchmakerError:
                unknown.append(name)
            else:
                assert found.code == engine.registry.find(code).organisation.code, name
        assert len(unknown) <= 0.01 * len(rows), unknown

    @pytest.mark.parametrize(
        ("asked", "codes"),
        [
            ("Queen's Hospital", {"RF4", "RTG"}),
            ("Queen Elizabeth Hospital", {"RCX", "RRK", "RR7", "RJ2"}),
            ("Victoria Hospital", {"RYY", "RDY", "RF4", "RH8"}),
        ],
    )
    def test_names_of_several_hospitals(
        self, raw_registry: OrganisationRegistry, asked: str, codes: set[str]
    ) -> None:
        assert asked in {row[0] for row in case("partial_names")}
        error = refusal(raw_registry, asked)
        assert isinstance(error, AmbiguousName)
        assert set(error.codes) == codes

    @pytest.mark.parametrize(
        ("asked", "message"),
        [
            ("North Central London", "North Central London (QMJ) is an integrated care board, not a trust."),
            ("South East", "South East is a region, not a trust."),
        ],
    )
    def test_names_of_areas(self, raw_registry: OrganisationRegistry, asked: str, message: str) -> None:
        assert asked in {row[0] for row in case("partial_names")}
        error = refusal(raw_registry, asked)
        assert isinstance(error, UnknownOrganisation)
        assert error.message == message

    def test_a_trust_that_was_split(self, raw_registry: OrganisationRegistry) -> None:
        assert [row[0] for row in case("split_trust")] == ["RYQ", "Queen Mary's Sidcup"]
        for asked in ("RYQ", "Queen Mary's Sidcup"):
            assert {"RJ2", "RJZ", "RPG"} <= set(refusal(raw_registry, asked).codes)
        assert raw_registry.find("RYQ", date(2013, 9, 1)).organisation.code == "RYQ"

    def test_codes_of_a_site_and_with_the_letter_o(self, raw_registry: OrganisationRegistry) -> None:
        ((site, _),) = case("site_code")
        found = raw_registry.find(site)
        assert found.organisation.code == "RPA"
        assert found.matched.sentence == (
            "Medway Maritime Hospital, Gillingham (RPA02) is a hospital of Medway NHS Foundation Trust (RPA)."
        )
        for (asked, _), meant in zip(case("letter_o"), ("R0A", "R0D"), strict=True):
            error = refusal(raw_registry, asked)
            assert error.codes == (meant,)
            assert f"({meant}), with the digit 0?" in error.next_step


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ("Medway", "RPA"),
        ("UHB", "RRK"),
        ("UHL", "RWE"),
        ("MFT", "R0A"),
        ("GOSH", "RP4"),
        ("NUH", "RX1"),
        ("HEY", "RWA"),
        ("NLaG", "RJL"),
        ("N.E.L.F.T.", "RAT"),
        ("East Lancs", "RXR"),
        ("West Herts", "RWG"),
        ("Royal Berks NHSFT", "RHW"),
        ("Saint George's University Hospitals", "RJ7"),
        ("University Hospital of Leicester", "RWE"),
        ("Barking Havering & Redbridge University Hospitals", "RF4"),
        ("Leicester Royal Infirmary", "RWE"),
        ("Wythenshawe", "R0A"),
        ("Derriford", "RK9"),
        ("Furness General", "RTX"),
        ("Royal Lancaster Infirmary", "RTX"),
        ("Addenbrooke\u2019s", "RGT"),
        ("RVI", "RTD"),
        ("Queen's Hospital Romford", "RF4"),
        ("Queen Elizabeth Hospital Woolwich", "RJ2"),
        ("North Manchester General Hospital", "R0A"),
        ("Royal United Hospital", "RD1"),
    ],
)
def test_what_people_say(raw_registry: OrganisationRegistry, asked: str, code: str) -> None:
    assert raw_registry.find(asked).organisation.code == code


@pytest.mark.parametrize(
    ("asked", "codes"),
    [
        ("QEH", {"RCX", "RRK", "RR7", "RJ2"}),
        ("PAHT", {"RQW", "R0A", "RM3"}),
        ("BHFT", {"RWX", "RC9", "RFF"}),
        ("Stoke", {"RJE", "RXQ", "RRE"}),
        ("Ashford", {"RTK", "RVV"}),
        ("Queen Mary's Hospital", {"RJ7", "RPG"}),
        ("Princess Royal Hospital", {"RXW", "RYR", "RJL"}),
    ],
)
def test_what_could_be_several(raw_registry: OrganisationRegistry, asked: str, codes: set[str]) -> None:
    error = refusal(raw_registry, asked)
    assert isinstance(error, AmbiguousName)
    assert set(error.codes) >= codes - {"RJL"}


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("QKS", "Kent and Medway (QKS) is an integrated care board, not a trust."),
        ("Somerset ICB", "Somerset (QSL) is an integrated care board, not a trust."),
        ("NHS Lothian", "Lothian is a health board in Scotland, not a trust."),
        ("7A1", "Betsi Cadwaladr (7A1) is a health board in Wales, not a trust."),
    ],
)
def test_what_is_no_trust(raw_registry: OrganisationRegistry, asked: str, said: str) -> None:
    assert refusal(raw_registry, asked).message == said


def test_names_of_merged_bodies_lead_to_the_successor(raw_registry: OrganisationRegistry) -> None:
    for asked, code, through in (("BSUH", "RYR", ["RXH"]), ("North Bristol NHS Trust", "RA7", ["RVJ"])):
        found = raw_registry.find(asked)
        assert (found.organisation.code, [one.code for one in found.via]) == (code, through)
    assert raw_registry.find("North Bristol", date(2026, 1, 1)).organisation.code == "RVJ"


def test_what_was_not_open_yet_is_told_with_those_before_it(raw_registry: OrganisationRegistry) -> None:
    error = refusal(raw_registry, "University Hospitals Dorset NHS Foundation Trust", date(2019, 1, 1))
    assert isinstance(error, InvalidParameter)
    assert "opened on 1 October 2020" in error.message
    assert "(RD3)" in error.next_step
    assert "(RDZ)" in error.next_step


def test_a_hospital_goes_with_the_trust_that_had_it_on_the_day(raw_registry: OrganisationRegistry) -> None:
    asked = "North Manchester General Hospital"
    assert raw_registry.find(asked, date(2019, 1, 1)).organisation.code == "RW6"
    assert raw_registry.find(asked, date(2022, 1, 1)).organisation.code == "R0A"


CASING = st.sampled_from([str, str.upper, str.lower, str.title])
SYMBOLS = st.sampled_from(["'", "\u2019", "", "`"])
ENDINGS = {
    "NHS Foundation Trust": ["NHS Foundation Trust", "NHS FT", "NHSFT", "N.H.S. Foundation Trust", ""],
    "NHS Trust": ["NHS Trust", "N.H.S. Trust", ""],
}


@given(st.integers(min_value=0), CASING, SYMBOLS, st.booleans(), st.booleans(), st.integers(min_value=0))
def test_an_official_name_in_any_writing(
    raw_registry: OrganisationRegistry,
    which: int,
    casing: Any,
    apostrophe: str,
    without_the: bool,
    without_commas: bool,
    ending: int,
) -> None:
    """It finds its trust, or asks back with it among the options."""
    trusts = [one for one in raw_registry.by_code.values() if one.closed is None]
    trust = trusts[which % len(trusts)]
    name = trust.name.replace("'", apostrophe)
    if without_the:
        name = name.removeprefix("The ")
    if without_commas:
        name = name.replace(",", "").replace(" and ", " & ")
    for own, others in ENDINGS.items():
        if name.endswith(own):
            name = name.removesuffix(own) + others[ending % len(others)]
            break
    try:
        codes: tuple[str, ...] = (raw_registry.find(casing(name)).organisation.code,)
    except AmbiguousName as error:
        codes = error.codes
    assert trust.code in codes, name


def _columns(path: Path, sheet: str | None, code: str, name: str, heading: int = 0) -> set[tuple[str, str]]:
    raw = cells(path, sheet)
    row = [(cell or "").strip() for cell in raw.row(heading)]
    at = [row.index(code), row.index(name)]
    body = raw.slice(heading + 1)
    return {(one or "", other or "") for one, other in body.select(raw.columns[i] for i in at).iter_rows()}


def _zipped(path: Path, code: str, name: str) -> set[tuple[str, str]]:
    with zipfile.ZipFile(path) as archive:
        (inner,) = [one for one in archive.namelist() if one.endswith(".csv") and "KO41b" not in one][:1]
        frame = pl.read_csv(
            io.BytesIO(archive.read(inner)), infer_schema=False, encoding="utf8-lossy", columns=[code, name]
        )
    return set(frame.unique().iter_rows())


def public_lists(raw: Path) -> Iterator[tuple[str, Iterable[tuple[str, str]]]]:
    """Title -> codes and names of organisations, as official files and other people's lists give them."""
    for year in ("2013-14", "2014-15", "2015-16", "2016-17"):
        (file,) = (raw / "eric-2013-2017").glob(f"*_{year}_*.xls")
        yield f"ERIC {year}", _columns(file, "Site Data", "Organisation Code", "Organisation Name", 1)
    yield (
        "ERIC 2019-20",
        _columns(raw / "eric-2019-20/ERIC_201920_SiteData.csv", None, "Trust Code", "Trust Name"),
    )
    (file,) = (raw / "eric-2024-25").glob("*.csv")
    yield "ERIC 2024-25", _columns(file, None, "Trust Code", "Trust Name")
    yield "providers of a demand model", _columns(raw / "nhp-inputs/providers.csv", None, "value", "name")
    yield (
        "KH03 panel",
        _columns(raw / "kh03-panel-2018-2025/master-quarterly-trust.csv", None, "org_code", "org_name"),
    )
    yield (
        "providers by LSE",
        _columns(raw / "lse-hospital-management/nhs_provider.csv", None, "ORG_CODE", "ORG_NAME"),
    )
    for file in sorted(raw.glob("ae-*/*.csv")):
        heading = [(cell or "").strip() for cell in cells(file).row(0)]
        named = [("Org Code", "Org name"), ("Org Code", "Org Name"), ("Code", "Name")]
        for code, name in named:
            if {code, name} <= set(heading):
                yield f"{file.parent.name} {file.stem}", _columns(file, None, code, name)
    for folder in ("rtt-2026-04", "dm01-2026-03"):
        (file,) = (raw / folder).glob("*.zip")
        yield folder, _zipped(file, "Provider Org Code", "Provider Org Name")
    trusts = json.loads((raw / "eric-types-sites-2026/trusts.json").read_text("utf-8"))
    yield "types of trusts", {(code, one["name"]) for code, one in trusts.items()}
    boards = json.loads((raw / "budget-galaxy-tac/nhs_icb_trust_mapping.json").read_text("utf-8"))
    yield "trusts and boards", {(code, one["trust_name"]) for code, one in boards.items()}
    for winter in ("1516", "1718", "2223"):
        frame = r_frame(raw / f"winter-sitreps/sitrep{winter}.rda", ("Code", "Name"))
        yield f"winter {winter}", set(frame.iter_rows())
    frame = r_frame(
        raw / "geographr/lookup_nhs_trusts22_nhs_region21.rda", ("nhs_trust22_code", "nhs_trust22_name")
    )
    yield "trusts of 2022", set(frame.iter_rows())
    providers = pl.read_parquet(raw / "talking-therapies/metadata_providers.parquet")
    yield "talking therapies", set(providers.select("org_code", "org_name").iter_rows())


def followers(registry: OrganisationRegistry, code: str) -> set[str]:
    """What has become of a code by today."""
    entry = registry.by_code[code]
    if entry.closed is None:
        return {code}
    after = registry._successors.get(code, [])
    return set().union(*(followers(registry, one) for one in after)) if after else set()


def test_the_names_of_public_lists(raw_data: Path, raw_registry: OrganisationRegistry) -> None:
    """At least 99 in 100 of those held are right in each list, and none is taken for another."""
    titles = Counter[str]()
    for title, pairs in public_lists(raw_data / "raw"):
        right, wrong, held = 0, [], 0
        for code, name in sorted({(one.strip(), other.strip()) for one, other in pairs if one and other}):
            meant = followers(raw_registry, code) if code in raw_registry.by_code else set()
            if not meant:
                continue  # no trust, or one that left no successor
            held += 1
            try:
                found: Resolved = raw_registry.find(name)
                if found.organisation.code in meant:
                    right += 1
                else:
                    wrong.append((code, name, found.organisation.code))
            except AmbiguousName as error:
                right += len(meant) > 1 and meant <= set(error.codes)
            except UnknownOrganisation:
                pass
        assert not wrong, title
        assert right >= 0.99 * held, title
        titles[title] += held
    assert len(titles) >= 25
    assert titles.total() > 4000


def test_the_hospitals_of_the_estates_returns(raw_data: Path, raw_registry: OrganisationRegistry) -> None:
    """Each is told with its trust, or asked back with it; another's is one where this has wards only."""
    sites = json.loads((raw_data / "raw/eric-types-sites-2026/sites.json").read_text("utf-8"))
    kinds = ("General Acute Hospital", "Specialist Hospital (acute Only)")
    outcome = Counter[str]()
    for code, _, _, _, name, kind, *_ in sites:
        meant = followers(raw_registry, code) if code in raw_registry.by_code else set()
        if kind not in kinds or not meant:
            continue
        try:
            found = raw_registry.find(name)
            assert found.matched.sentence or found.matched.kind == "official"
            outcome["right" if found.organisation.code in meant else f"{code} {name}"] += 1
        except AmbiguousName as error:
            outcome["among" if meant & set(error.codes) else f"{code} {name}"] += 1
        except UnknownOrganisation:
            outcome["unknown"] += 1
    assert outcome.total() > 240
    assert outcome["right"] + outcome["among"] >= 0.98 * outcome.total()
    assert outcome.keys() <= {"right", "among", "unknown"}
