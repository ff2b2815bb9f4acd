"""Training: every model of a sector as files, with cards and hashes, ready to be ranked by."""

from __future__ import annotations

import json
import shutil
from hashlib import sha256
from pathlib import Path

import pytest

from matchmaker import Matchmaker, Snapshot
from matchmaker.models.learned.artefact import SUMS, models_folder
from matchmaker.models.learned.logit_ranker import LogitModel
from matchmaker.models.learned.model_card import shipped_model_cards
from matchmaker.sector import read_sector
from matchmaker.training.train import default_folder, train


@pytest.fixture(scope="module")
def files(harbour_engine: Matchmaker) -> dict[str, str]:
    """What training on harbours writes."""
    return dict(train(harbour_engine))


def test_each_method_and_family_gets_a_model_and_a_card(files: dict[str, str]) -> None:
    names = [f"past-choices-{family}" for family in ("mentoring", "takeover")]
    assert list(files) == [*(f"{name}{end}" for name in names for end in (".json", ".card.json")), SUMS]


def test_the_hashes_are_those_of_the_files(files: dict[str, str]) -> None:
    listed = dict(line.split("  ")[::-1] for line in files[SUMS].splitlines())
    assert listed == {name: sha256(text.encode()).hexdigest() for name, text in files.items() if name != SUMS}


def test_the_same_snapshot_gives_the_same_bytes(harbour_engine: Matchmaker, files: dict[str, str]) -> None:
    assert dict(train(harbour_engine)) == files


def test_progress_is_reported_before_each_model(harbour_engine: Matchmaker) -> None:
    reported: list[tuple[int, int, str]] = []
    list(train(harbour_engine, lambda *step: reported.append(step)))
    assert reported == [(0, 2, "past-choices-mentoring"), (1, 2, "past-choices-takeover")]


def test_a_card_says_what_was_learned_from_and_what_not(files: dict[str, str]) -> None:
    card = json.loads(files["past-choices-mentoring.card.json"])
    assert card["trained_on"] == ["M1", "M2", "M3", "M4", "M5", "M6", "M7", "M9"]
    assert card["left_out"] == [{"pairing_id": "M8", "why": "It never came about."}]
    assert card["intended_use"].startswith("To show whom regulators and harbours chose before")
    assert card["arrangements"] == ["mentoring", "joint_watch"]
    assert set(card["versions"]) == {"matchmaker", "numpy"}
    model = LogitModel.model_validate_json(files["past-choices-mentoring.json"])
    assert tuple(one["name"] for one in card["inputs"]) == model.inputs
    assert tuple(one["coefficient"] for one in card["inputs"]) == model.coefficients


def test_models_in_the_folder_of_a_sector_are_ranked_by(
    harbour_snapshot: Snapshot, files: dict[str, str], tmp_path: Path
) -> None:
    sector = read_sector(Path(shutil.copytree(str(harbour_snapshot.sector.folder), tmp_path / "harbours")))
    folder = default_folder(sector)
    assert folder == Path(str(models_folder(sector)))
    folder.mkdir(parents=True)
    for name, text in files.items():
        (folder / name).write_text(text, "utf-8")
    tables = {name: harbour_snapshot.table(name) for name in harbour_snapshot.manifest["tables"]}
    engine = Matchmaker(Snapshot.of(tables, harbour_snapshot.manifest, sector))
    answer = engine.shortlist("EEL", "mentoring", method="past-choices")
    assert answer.method == "past-choices"
    assert len(answer.options) > 3
    assert [card.name for card in shipped_model_cards(sector)] == [
        "past-choices-mentoring",
        "past-choices-takeover",
    ]


def test_the_cards_that_ship_are_of_the_models_that_ship(engine: Matchmaker) -> None:
    cards = shipped_model_cards(engine.sector)
    folder = models_folder(engine.sector)
    assert len(cards) == 2 * len(engine.sector.families)
    for card in cards:
        model = json.loads(folder.joinpath(f"{card.name}.json").read_text("utf-8"))
        assert card.snapshot == model["snapshot"] == engine.snapshot.hash
        assert [one.name for one in card.inputs] == model["inputs"]
        assert [one.weight for one in card.inputs] == model["weights"]
