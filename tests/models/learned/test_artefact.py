"""Trained models as files: the family that serves an arrangement, hashes, and inputs that are gone."""

from __future__ import annotations

import shutil
from hashlib import sha256
from pathlib import Path

import pytest

from matchmaker import Matchmaker
from matchmaker.errors import BadFile, InvalidParameter
from matchmaker.features import features
from matchmaker.features.profiles import profiles
from matchmaker.models.arrangement import arrangement, arrangements
from matchmaker.models.learned.artefact import SUMS, family_of, inputs_of, models_folder, shipped_artefact
from matchmaker.models.learned.lambdarank import LambdaRankModel
from matchmaker.models.learned.logit_ranker import LogitModel
from matchmaker.sector import Sector, read_sector


def hashes(folder: Path) -> dict[str, str]:
    files = (path for path in folder.iterdir() if path.name != SUMS)
    return {path.name: sha256(path.read_bytes()).hexdigest() for path in files}


def listed(folder: Path) -> dict[str, str]:
    """The hashes that stand in the file of hashes."""
    return dict(line.split("  ")[::-1] for line in (folder / SUMS).read_text("utf-8").splitlines())


@pytest.fixture
def copied(engine: Matchmaker, tmp_path: Path) -> Sector:
    """A copy of the installed sector with its models, to be spoiled."""
    ignored = shutil.ignore_patterns("*.zip", "*.py", "__pycache__", "evaluation.json")
    return read_sector(Path(shutil.copytree(str(engine.sector.folder), tmp_path / "nhs", ignore=ignored)))


def test_each_arrangement_is_served_by_the_family_that_names_it(harbours: Sector) -> None:
    served = {name: family_of(harbours, one).name for name, one in arrangements(harbours).items()}
    assert served == {"joint_watch": "mentoring", "mentoring": "mentoring", "takeover": "takeover"}


def test_an_arrangement_of_the_users_own_is_served_by_its_scale(harbours: Sector) -> None:
    for scale, family in (("individual", "mentoring"), ("structural", "takeover")):
        own = arrangement(harbours, "takeover").model_copy(update={"name": "alliance", "scale": scale})
        assert family_of(harbours, own).name == family


def test_an_arrangement_without_a_family_is_refused(harbours: Sector, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(str(harbours.folder), tmp_path / "harbours"))
    text = (folder / "sector.toml").read_text("utf-8")
    before, _, after = text.partition("[[families]]")
    (folder / "sector.toml").write_text(before + after[after.index("[display]") :], "utf-8")
    with pytest.raises(InvalidParameter, match="No model of past practice serves mentoring"):
        family_of(read_sector(folder), arrangement(harbours, "mentoring"))


def test_the_models_that_ship_are_the_files_that_were_written(engine: Matchmaker) -> None:
    folder = Path(str(models_folder(engine.sector)))
    assert hashes(folder) == listed(folder), "run 'matchmaker train models'"
    assert sum(name.endswith(".txt") for name in listed(folder)) == len(engine.sector.families)


@pytest.mark.parametrize("end", [".json", ".txt"])
def test_a_model_that_is_not_as_it_was_written_is_refused(end: str, copied: Sector) -> None:
    """LightGBM may end the process on a text that is cut short."""
    folder, name = Path(str(models_folder(copied))), "practice-lightgbm-buddying"
    content = (folder / f"{name}{end}").read_bytes()
    for spoiled in (content[:3000], content.replace(b"1", b"2", 1)):
        (folder / f"{name}{end}").write_bytes(spoiled)
        with pytest.raises(BadFile, match=rf"{name}{end} is not the file.*matchmaker train models"):
            shipped_artefact(LambdaRankModel, copied, name)
    (folder / f"{name}{end}").unlink()
    with pytest.raises(BadFile, match="No such file"):
        shipped_artefact(LambdaRankModel, copied, name)


def test_models_written_anew_are_read_anew(copied: Sector) -> None:
    folder, name = Path(str(models_folder(copied))), "practice-buddying"
    before = shipped_artefact(LogitModel, copied, name)
    assert shipped_artefact(LogitModel, copied, name) is before
    other = before.model_copy(update={"snapshot": "0" * 64}).model_dump_json()
    (folder / f"{name}.json").write_text(other, "utf-8")
    sums = listed(folder) | {f"{name}.json": sha256(other.encode()).hexdigest()}
    (folder / SUMS).write_text("".join(f"{value}  {file}\n" for file, value in sums.items()), "utf-8")
    assert shipped_artefact(LogitModel, copied, name).snapshot == "0" * 64


def test_a_sector_without_models_says_how_to_train_them(harbour_engine: Matchmaker) -> None:
    with pytest.raises(BadFile, match=r"past-choices-mentoring.*matchmaker train models"):
        harbour_engine.shortlist("EEL", "mentoring", method="past-choices")


def test_a_model_whose_inputs_are_gone_is_refused(engine: Matchmaker) -> None:
    trained = shipped_artefact(LogitModel, engine.sector, "practice-buddying")
    renamed = trained.model_copy(update={"inputs": ("phase_of_the_moon", *trained.inputs[1:])})
    with pytest.raises(BadFile, match=r"phase_of_the_moon.*matchmaker train models"):
        inputs_of(renamed, engine.profiles())
    some = [one for one in features(engine.sector) if one.name != "cqc_overall"]
    few = profiles(engine.snapshot, None, some)
    with pytest.raises(BadFile, match="found 'cqc_overall'; expected a feature behind the input rating"):
        inputs_of(trained, few)
