"""What can be done to a working shortlist, on real figures; and that files and addresses lose nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from matchmaker import Matchmaker
from matchmaker.api.kept import changes, files
from matchmaker.api.kept.shortlist import MAX_OPTIONS, KeptOption, KeptShortlist
from matchmaker.errors import InvalidParameter, UnknownOrganisation
from matchmaker.models.query import ShortlistQuery

AT = "2026-11-28T10:00:00Z"


@pytest.fixture(scope="module")
def buddies(engine: Matchmaker) -> tuple[KeptOption, ...]:
    query = ShortlistQuery.parse({"weights": ["proximity=0.3"]}, engine.sector)
    return changes.options_of(engine, "RPA", query, ["RAX", "Bolton", "RVV"], " Ann ", AT)


@pytest.fixture(scope="module")
def kept(engine: Matchmaker, buddies: tuple[KeptOption, ...]) -> KeptShortlist:
    return changes.keep(buddies)(changes.begin(engine, "Medway", at=AT))


def test_an_option_keeps_its_rank_and_the_question(engine: Matchmaker, kept: KeptShortlist) -> None:
    shown = engine.shortlist("RPA", limit=300, weights={"proximity": 0.3}, n_draws=0)
    ranks = {option.organisation.code: option.rank for option in shown.options}
    first, second, third = kept.options
    assert (first.code, first.rank, first.kept_by) == ("RAX", ranks["RAX"], "Ann")
    assert second.rank == ranks["RMC"]
    assert dict(first.query) == {"arrangement": "buddying", "weights": "proximity=0.3"}
    assert (third.rank, third.snapshot) == (None, engine.snapshot.hash)
    assert third.left_out  # a trust that rules leave out is kept with the reason


def test_the_same_trust_may_stand_for_several_arrangements(engine: Matchmaker, kept: KeptShortlist) -> None:
    query = ShortlistQuery.parse({"arrangement": "merger"}, engine.sector)
    both = changes.keep(changes.options_of(engine, "RPA", query, ["RAX"]))(kept)
    assert [option.key for option in both.options] == [
        ("buddying", "RAX"),
        ("buddying", "RMC"),
        ("buddying", "RVV"),
        ("merger", "RAX"),
    ]
    out = changes.rule_out("RAX", "Board said no", arrangement="merger")(both)
    assert [option.key for option in out.considered] == [option.key for option in both.options[:3]]
    assert changes.rule_out("RAX", "Board said no")(both).considered == both.options[1:3]


def test_keeping_again_keeps_what_was_written(kept: KeptShortlist, buddies: tuple[KeptOption, ...]) -> None:
    noted = changes.write_note("Rang them", "Ann", "RAX")(kept)
    out = changes.rule_out("RAX", "Not willing", "Ann")(noted)
    again = changes.keep([replace(buddies[0], rank=4)])(out)
    option = again.options[0]
    assert option.rank == 4
    assert option.ruled_out is not None
    assert [note.text for note in option.notes] == ["Rang them"]


def test_who_is_brought_back_keeps_the_reason_as_a_note(kept: KeptShortlist) -> None:
    back = changes.bring_back("RAX", "Bea")(changes.rule_out("RAX", "Not willing")(kept))
    assert back.options[0].ruled_out is None
    assert "Not willing" in back.options[0].notes[0].text
    assert back.options[0].notes[0].by == "Bea"


def test_taking_off_and_renaming(kept: KeptShortlist) -> None:
    assert [one.code for one in changes.take_off("rax")(kept).options] == ["RMC", "RVV"]
    assert changes.rename(" For the board ")(kept).name == "For the board"
    assert changes.write_note("Met on Monday")(kept).notes[0].text == "Met on Monday"


@pytest.mark.parametrize(
    "make",
    [
        lambda: changes.rule_out("RAX", "  "),
        lambda: changes.write_note("x" * 2001),
        lambda: changes.rename("x\x00"),
        lambda: changes.rename("x" * 121),
    ],
)
def test_texts_that_can_not_be_kept(make: Callable[[], object]) -> None:
    with pytest.raises(InvalidParameter):
        make()


def test_what_is_not_on_the_list_can_not_be_changed(kept: KeptShortlist) -> None:
    with pytest.raises(changes.NotKept):
        changes.rule_out("RXX", "Not willing")(kept)
    with pytest.raises(changes.NotKept):
        changes.take_off("RAX", "merger")(kept)


def test_a_list_has_an_end(kept: KeptShortlist, buddies: tuple[KeptOption, ...]) -> None:
    many = [replace(buddies[0], code=f"X{number}") for number in range(MAX_OPTIONS)]
    with pytest.raises(InvalidParameter, match="60 options at most"):
        changes.keep(many)(kept)


def test_unknown_trusts_and_the_recipient_are_refused(engine: Matchmaker) -> None:
    query = ShortlistQuery.parse({}, engine.sector)
    with pytest.raises(UnknownOrganisation):
        changes.options_of(engine, "RPA", query, ["XYZ9"])
    with pytest.raises(InvalidParameter, match="own partner"):
        changes.options_of(engine, "RPA", query, ["Medway"])


def test_a_file_and_an_address_lose_nothing(kept: KeptShortlist) -> None:
    whole = changes.rule_out("RMC", "Zu weit – 314 km, “no”", "Ann")(kept)
    assert files.from_json(files.to_json(whole)) == whole
    address = files.to_address(whole)
    assert address is not None
    assert files.from_address(address) == whole


def test_a_list_too_long_for_an_address_says_so(kept: KeptShortlist) -> None:
    long = kept
    for number in range(150):
        long = changes.write_note(" ".join(f"{number * word * 7919 % 99991:x}" for word in range(90)))(long)
    assert files.to_address(long) is None


@pytest.mark.parametrize("text", ["", "x", "AAAA", "eJw", "%%%%", "é"])
def test_what_is_no_list_is_refused(text: str) -> None:
    with pytest.raises(files.NoKeptShortlist):
        files.from_address(text)
    with pytest.raises(files.NoKeptShortlist):
        files.from_json(text)


def test_an_address_that_would_swell_is_refused() -> None:
    import base64
    import zlib

    bomb = base64.urlsafe_b64encode(zlib.compress(b" " * 50_000_000)).decode()
    with pytest.raises(files.NoKeptShortlist):
        files.from_address(bomb)


def test_a_changed_file_is_refused_with_the_place(kept: KeptShortlist) -> None:
    broken = files.to_json(kept).replace(b'"code": "RAX"', b'"code": "<b>"')
    with pytest.raises(files.NoKeptShortlist, match=r"options\.0\.code"):
        files.from_json(broken)
