"""What was chosen before: inputs that know nothing later, kept directions, scores on unseen choices."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Sequence
from datetime import date
from hashlib import sha256
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from matchmaker.models.learned.pair_feature import centre_within_set, comparable_candidates, pair_values
from typer.testing import CliRunner

from matchmaker import Matchmaker, Snapshot
from matchmaker.cli import app
from matchmaker.errors import BadFile, InvalidParameter
from matchmaker.features import features, profiles
from matchmaker.models.arrangement import arrangement, arrangements
from matchmaker.models.learned.choice_set import ChoiceSituation
from matchmaker.models.learned.lambdarank import LambdaRankModel
from matchmaker.models.learned.logit_ranker import (
    FAMILIES,
    SUMS,
    LogitLearner,
    LogitModel,
    PracticeLogit,
    design_matrix,
    family_of,
    fit_logit,
    read,
    stack_choice_sets,
)
from matchmaker.models.learned.pair_features import INPUTS
from matchmaker.training import train as training
from matchmaker.training.choice_sets import build_choice_sets
from matchmaker.training.train import SHIPPED
from matchmaker.typing import Floats

ROOT = Path(__file__).parents[3]
DIRECTIONS = np.array([one.direction for one in INPUTS])
AT = {one.name: at for at, one in enumerate(INPUTS)}


@pytest.fixture(scope="module")
def buddies(engine: Matchmaker) -> list[ChoiceSituation]:
    return build_choice_sets(engine, kinds=["buddying"])[0]


@pytest.fixture(scope="module")
def structural(engine: Matchmaker) -> list[ChoiceSituation]:
    return build_choice_sets(engine, kinds=["acquisition", "merger"])[0]


def seen_of(engine: Matchmaker, day: date, *codes: str) -> tuple[Floats, Floats]:
    """Inputs of some recipients on a day, as read and as a model sees them."""
    then = engine.profiles(day)
    rows = np.array([then.position[code] for code in codes])
    values = pair_values(INPUTS, then, rows)
    return values, centre_within_set(INPUTS, values, then, rows)


def test_no_input_knows_what_came_later(snapshot: Snapshot, structural: Sequence[ChoiceSituation]) -> None:
    """Everything later is taken out of the snapshot, or turned upside down: no input moves."""
    choice = next(one for one in structural if one.pairing_id == "ACQ-RR1-RRK-2018")
    later = pl.col("known_from") > choice.day
    tables = {name: snapshot.table(name) for name in snapshot.manifest["tables"]}
    tables["pairings"] = tables["pairings"].filter(pl.col("start") <= choice.day)
    tables["groups"] = tables["groups"].filter(pl.col("as_of") <= choice.day)
    tables["attributes"] = tables["attributes"].filter(
        ~later | (pl.col("attribute") != "trust_type_eric")
    )  # kinds of trust are identities, which `features.kinds` may take from later types
    tables["measures"] = tables["measures"].with_columns(value=pl.when(later).then(1.0).otherwise("value"))
    other = Snapshot.of(tables, snapshot.manifest)
    assert other.hash != snapshot.hash
    same = design_matrix(profiles(other, choice.day), choice.row)
    assert np.array_equal(same, design_matrix(choice.profiles, choice.row), equal_nan=True)
    # The shared leadership before the acquisition is known, the acquisition is not.
    assert choice.chosen is not None
    assert same[choice.chosen, AT["led_together"]] == 1
    planted = snapshot.pairings.with_columns(start=pl.lit(date(2012, 1, 1)))
    leaky = Snapshot.of(tables | {"pairings": planted}, snapshot.manifest)
    assert not np.array_equal(same, design_matrix(profiles(leaky, choice.day), choice.row), equal_nan=True)


def test_inputs_of_many_recipients_are_those_of_each(engine: Matchmaker) -> None:
    codes = ("RPA", "RXY", "RYD", "RQ3", "RY4")
    values, seen = seen_of(engine, date(2019, 6, 1), *codes)
    for at, code in enumerate(codes):
        alone, alone_seen = seen_of(engine, date(2019, 6, 1), code)
        assert alone[:, 0].tobytes() == np.ascontiguousarray(values[:, at]).tobytes()
        assert alone_seen[:, 0].tobytes() == np.ascontiguousarray(seen[:, at]).tobytes()


def test_the_middle_of_those_it_could_join_with_is_0(engine: Matchmaker) -> None:
    day = date(2019, 6, 1)
    values, seen = seen_of(engine, day, "RPA")
    could = comparable_candidates(engine.profiles(day), engine.profiles(day).position["RPA"])
    known = np.isfinite(seen[:, 0][:, could])
    assert np.array_equal(np.isnan(values), np.isnan(seen))
    for at, one in enumerate(INPUTS):
        if known[at].any():
            assert np.median(seen[at, 0, could][known[at]]) == pytest.approx(0, abs=1e-12), one.name
    assert np.isfinite(seen[AT["size"], 0, could]).sum() > 200


def test_figures_are_what_they_say(engine: Matchmaker) -> None:
    """Medway in June 2019 and three trusts that anyone can look up."""
    day = date(2019, 6, 1)
    values, _ = seen_of(engine, day, "RPA")
    at = engine.profiles(day).position

    def told(name: str, code: str) -> str:
        one = INPUTS[AT[name]]
        return one.says(float(values[AT[name], 0, at[code]]))

    assert told("distance", "RWF") == "12 km away."  # Maidstone and Tunbridge Wells
    assert told("nearer_trusts", "RWF") == "0 trusts are nearer."
    assert told("nearer_trusts", "RXY") == "1 trust is nearer."
    assert told("nearer_trusts", "RN7") == "2 trusts are nearer."
    assert told("same_system", "RWF") == "The same local system."
    assert told("same_system", "RJ1") == "Another local system."
    assert told("same_region", "RWF") == "The same region."
    assert told("same_kind", "RXY") == "Another kind of trust."
    assert told("teaching", "RJ1") == "A teaching trust."
    assert told("rating", "RWF") == "Rated requires improvement."
    assert values[AT["size"], 0, at["RJ1"]] > 2 > values[AT["size"], 0, at["RWF"]]
    assert told("helped_before", "RRK") == "On record as having helped 3 trusts."


def test_two_trusts_at_one_point_are_at_no_known_distance(engine: Matchmaker) -> None:
    """Somerset's headquarters are today where Taunton's were before the two merged."""
    values, _ = seen_of(engine, date(2017, 4, 30), "RBA")
    other = engine.profiles(date(2017, 4, 30)).position["RH5"]
    assert np.isnan(values[[AT["distance"], AT["nearer_trusts"]], 0, other]).all()


def test_the_models_that_ship_are_those_of_the_snapshot_that_ships(engine: Matchmaker) -> None:
    for family in FAMILIES:
        kept = read(LogitModel, f"practice-{family.name}")
        assert kept.snapshot == engine.snapshot.hash, "run 'matchmaker train models'"
        again = fit_logit(build_choice_sets(engine, kinds=family.kinds)[0])
        assert again.family == kept.family == family.name
        assert again.inputs == kept.inputs
        assert again.coefficients == pytest.approx(kept.coefficients, abs=1e-6)
        assert again.weights == pytest.approx(kept.weights, abs=1e-6)


def hashes(folder: Path) -> dict[str, str]:
    files = (path for path in folder.iterdir() if path.name != SUMS)
    return {path.name: sha256(path.read_bytes()).hexdigest() for path in files}


def told(folder: Path) -> dict[str, str]:
    """The hashes that stand in the file of hashes."""
    return dict(line.split("  ")[::-1] for line in (folder / SUMS).read_text("utf-8").splitlines())


def test_the_models_that_ship_are_the_files_that_were_written() -> None:
    assert hashes(SHIPPED) == told(SHIPPED), "run 'matchmaker train models'"
    assert sum(name.endswith(".txt") for name in told(SHIPPED)) == len(FAMILIES)


@pytest.mark.parametrize("end", [".json", ".txt"])
def test_a_model_that_is_not_as_it_was_written_is_refused(
    end: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """LightGBM may end the process on a text that is cut short."""
    folder = tmp_path / "trained"
    shutil.copytree(SHIPPED, folder)
    monkeypatch.setattr("matchmaker.models.learned.logit.files", lambda package: tmp_path)
    name = "practice-lightgbm-buddying"
    assert read(LambdaRankModel, name).text
    content = (folder / f"{name}{end}").read_bytes()
    for spoiled in (content[:3000], content.replace(b"1", b"2", 1)):
        (folder / f"{name}{end}").write_bytes(spoiled)
        with pytest.raises(BadFile, match=rf"{name}{end} is not the file.*matchmaker train models"):
            read(LambdaRankModel, name)
    (folder / f"{name}{end}").unlink()
    with pytest.raises(BadFile, match="No such file"):
        read(LambdaRankModel, name)


def test_every_coefficient_keeps_to_its_direction(buddies: Sequence[ChoiceSituation]) -> None:
    coefficients = np.array(fit_logit(buddies).coefficients)
    fixed = DIRECTIONS != 0
    assert (coefficients[fixed] * DIRECTIONS[fixed] >= 0).all()
    assert np.count_nonzero(coefficients) > 5


def test_a_better_candidate_never_scores_lower(
    engine: Matchmaker, structural: Sequence[ChoiceSituation]
) -> None:
    day = engine.snapshot.as_of
    ranker = PracticeLogit(engine.profiles(day), fit_logit(structural))
    _, seen = seen_of(engine, day, "RPA", "RXY")
    coefficients = np.array(ranker.trained.coefficients)
    for at, direction in enumerate(DIRECTIONS):
        better = seen.copy()
        better[at] += 0.5 * direction
        gain = np.nansum(coefficients[:, None, None] * (better - seen), axis=0)
        assert (gain >= 0).all()


def test_a_score_is_the_log_odds_of_the_inputs(buddies: Sequence[ChoiceSituation]) -> None:
    trained = fit_logit(buddies)
    for choice in buddies[:3]:
        scores = PracticeLogit(choice.profiles, trained).scores(np.array([choice.row]))
        seen = np.nan_to_num(design_matrix(choice.profiles, choice.row))
        assert scores.score[0] == pytest.approx(seen @ np.array(trained.coefficients), abs=1e-12)
        assert (scores.contributions[np.isnan(scores.values)] == 0).all()
        assert scores.start == 0


def test_each_arrangement_has_a_family() -> None:
    assert {name: family_of(one).name for name, one in arrangements().items()} == {
        "acquisition": "structural",
        "buddying": "buddying",
        "contract": "shared_leadership",
        "merger": "structural",
        "service": "buddying",
    }
    for scale, family in (("individual", "buddying"), ("structural", "structural")):
        own = arrangement("merger").model_copy(update={"name": "alliance", "scale": scale})
        assert family_of(own).name == family


def test_a_model_whose_inputs_are_gone_is_refused(engine: Matchmaker) -> None:
    kept = read(LogitModel, "practice-buddying")
    renamed = kept.model_copy(update={"inputs": ("phase_of_the_moon", *kept.inputs[1:])})
    with pytest.raises(BadFile, match=r"phase_of_the_moon.*matchmaker train models"):
        PracticeLogit(engine.profiles(), renamed)
    few = profiles(engine.snapshot, None, [one for one in features() if one.name != "cqc_overall"])
    with pytest.raises(BadFile, match="found 'cqc_overall'; expected a feature behind the input rating"):
        PracticeLogit(few, kept)
    with pytest.raises(BadFile, match=r"practice-astrology.*matchmaker train models"):
        read(LogitModel, "practice-astrology")


def test_nothing_to_learn_from_is_told(buddies: Sequence[ChoiceSituation]) -> None:
    with pytest.raises(InvalidParameter, match="no past choice to learn from"):
        fit_logit([one for one in buddies if one.chosen is None])


def test_choices_are_stacked_with_the_eligible_only(buddies: Sequence[ChoiceSituation]) -> None:
    seen, chosen, sets = stack_choice_sets(buddies)
    usable = [one for one in buddies if one.chosen is not None]
    assert len(usable) < len(buddies)
    assert np.bincount(sets).tolist() == [int(one.eligible.sum()) for one in usable]
    assert np.bincount(sets, chosen).tolist() == [1] * len(usable)
    assert seen.shape == (len(sets), len(INPUTS))


def test_the_command_writes_every_model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    quick = [way for way in training.RECIPES if way.learner is LogitLearner]
    monkeypatch.setattr(training, "WAYS", quick)
    monkeypatch.setattr(training, "FAMILIES", FAMILIES[:1])
    done = CliRunner().invoke(app, ["train", "models", "--to", str(tmp_path)])
    assert done.exit_code == 0, done.output
    shipped = training.SHIPPED
    assert sorted(file.name for file in tmp_path.iterdir()) == [
        SUMS,
        "practice-buddying.card.json",
        "practice-buddying.json",
    ]
    assert hashes(tmp_path) == told(tmp_path)
    again = LogitModel.model_validate_json((tmp_path / "practice-buddying.json").read_text("utf-8"))
    kept = LogitModel.model_validate_json((shipped / "practice-buddying.json").read_text("utf-8"))
    assert again.coefficients == pytest.approx(kept.coefficients, abs=1e-6)


def test_ranking_needs_no_heavy_library() -> None:
    code = (
        "import sys\n"
        "for name in ('lightgbm', 'sklearn', 'scipy', 'pandas'): sys.modules[name] = None\n"
        "from matchmaker import Matchmaker\n"
        "answer = Matchmaker().shortlist('RPA', method='practice', limit=3, draws=0)\n"
        "print([option.trust.ods for option in answer.options])\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.count("'R") == 3
