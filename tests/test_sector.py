"""Sectors: found by name or folder, read whole, and every fault told with its place."""

from __future__ import annotations

import pickle
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from made_up import HARBOURS

from matchmaker import sector as module
from matchmaker.errors import BadFile, InvalidParameter
from matchmaker.sector import Sector, load_sector, read_sector, sector_names

Copy = Callable[..., Path]


@pytest.fixture
def copy(tmp_path: Path) -> Copy:
    """A copy of the harbours, with some texts of one of its files replaced."""

    def make(name: str = "harbours", file: str = "sector.toml", **replaced: str) -> Path:
        folder = Path(shutil.copytree(HARBOURS, tmp_path / name))
        text = (folder / file).read_text("utf-8")
        for old, new in replaced.items():
            assert old in text, old
            text = text.replace(old, new)
        (folder / file).write_text(text, "utf-8")
        return folder

    return make


def faults(folder: Path) -> dict[str, str]:
    """Key -> what is wrong with it, of every fault that reading a folder tells."""
    with pytest.raises(BadFile) as error:
        read_sector(folder)
    assert {issue.file for issue in error.value.faults} == {f"{folder.name}/sector.toml"}
    return {str(issue.column): issue.expected for issue in error.value.faults}


def test_a_folder_is_a_sector(harbours: Sector) -> None:
    assert (harbours.name, harbours.label) == ("harbours", "Harbours")
    assert list(harbours.types) == ["fishing", "ferry", "marina"]
    assert harbours.words.code_column == "port"
    assert harbours.dimensions["safety"].focus and not harbours.dimensions["size"].focus
    assert harbours.interventions.regimes["notice"].label == "a safety notice"
    assert harbours.pairing_kinds["takeover"].rules_not_applied == ("size_ratio",)
    assert repr(harbours) == "<Sector harbours: Harbours>"


def test_types_are_named_in_the_words_of_the_sector(harbours: Sector) -> None:
    assert harbours.type_label("ferry") == "ferry"
    assert harbours.type_plural("ferry") == "ferry harbours"
    assert harbours.type_plural(None) == "harbours"
    assert harbours.type_label("lock_gate") == "lock gate"


@pytest.mark.parametrize(("text", "is_one"), [("EEL", True), ("EE1", False), ("EELS", False), ("", False)])
def test_what_has_the_form_of_a_code(harbours: Sector, text: str, is_one: bool) -> None:
    assert harbours.is_code(text) == is_one


def test_every_fault_is_told_with_its_key(copy: Copy) -> None:
    folder = copy(
        **{
            'code = "port code"': "code = 3",
            "open_end_months = 24": 'open_end_months = "long"',
            'label = "Money"': 'labl = "Money"',
            "max_km = 300": "",
        }
    )
    assert faults(folder) == {
        "words.code": "Input should be a valid string",
        "interventions.open_end_months": "Input should be a valid integer, unable to parse string as an "
        "integer",
        "dimensions.money.label": "this field",
        "dimensions.money.labl": "Extra inputs are not permitted",
        "extent.max_km": "this field",
    }


def test_a_file_that_is_no_toml_is_told(copy: Copy) -> None:
    with pytest.raises(BadFile, match=r"sector\.toml.*TOML"):
        read_sector(copy(**{"[words]": "[words"}))


def test_a_folder_without_a_sector_is_told(tmp_path: Path) -> None:
    with pytest.raises(BadFile, match=r"sector\.toml.*a definition file of the sector"):
        read_sector(tmp_path)


def test_an_unknown_name_is_answered_with_the_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(module.FOLDERS, str(HARBOURS))
    with pytest.raises(InvalidParameter, match=r"There is no sector 'lighthouses'\.") as error:
        load_sector("lighthouses")
    assert "harbours" in error.value.next_step and "nhs" in error.value.next_step


def test_folders_of_the_environment_are_found_by_their_names(
    monkeypatch: pytest.MonkeyPatch, copy: Copy
) -> None:
    monkeypatch.delenv(module.FOLDERS, raising=False)
    installed = sector_names()
    assert "nhs" in installed
    monkeypatch.setenv(module.FOLDERS, f"{HARBOURS}:{copy('quays')}")
    assert sector_names() == tuple(sorted((*installed, "harbours", "quays")))
    assert load_sector("harbours").folder == HARBOURS
    assert load_sector("quays").label == "Harbours"


def test_sectors_of_one_content_are_one_under_each_name(copy: Copy, harbours: Sector) -> None:
    assert read_sector(HARBOURS) is harbours
    same, other = read_sector(copy()), read_sector(copy("quays"))
    assert same == harbours and hash(same) == hash(harbours) and same.cache_key == harbours.cache_key
    assert other != harbours and other.digest == harbours.digest


@pytest.mark.parametrize(
    ("file", "old"), [("sector.toml", "max_km = 300"), ("features/size.toml", 'label = "Berths"')]
)
def test_the_digest_changes_with_the_content_of_any_definition(
    copy: Copy, harbours: Sector, file: str, old: str
) -> None:
    changed = read_sector(copy(file=file, **{old: f"{old} # as it was"}))
    assert changed.digest != harbours.digest
    assert changed != harbours


def test_the_digest_does_not_change_with_the_data(copy: Copy, harbours: Sector) -> None:
    assert read_sector(copy(file="data/names.csv", GUL="EEL")).digest == harbours.digest


def test_a_sector_survives_pickling(harbours: Sector) -> None:
    assert pickle.loads(pickle.dumps(harbours)) == harbours
    assert pickle.loads(pickle.dumps(load_sector("nhs"))) == load_sector("nhs")


def test_optional_files_may_be_missing(harbours: Sector) -> None:
    assert harbours.toml("early_warning.toml") == {}
    assert harbours.texts("pages") == {}
    assert list(harbours.texts("arrangements")) == ["joint_watch", "mentoring", "takeover"]
    assert harbours.hook("derived") is None
    with pytest.raises(BadFile, match="early_warning"):
        harbours.toml("early_warning.toml", required=True)


def test_a_hook_is_the_object_that_it_names(copy: Copy) -> None:
    made = read_sector(copy(**{"[display]": '[hooks]\njoin = "posixpath:join"\n\n[display]'}))
    assert made.hook("join")("a", "b") == "a/b"
