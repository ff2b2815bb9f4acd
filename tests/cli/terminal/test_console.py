"""Progress where the error stream is no terminal: lines from time to time, on that stream alone."""

from __future__ import annotations

import pytest

from matchmaker.cli.terminal import console


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(console, "SECONDS_APART", 0.0)


@pytest.mark.usefixtures("at_once")
def test_a_loop_tells_how_far_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    with console.progress_of_loops() as track:
        assert list(track("Replaying", "ab")) == ["a", "b"]
    said = capsys.readouterr()
    assert (said.out, said.err) == ("", "Replaying: 0 of 2\nReplaying: 1 of 2\n")


@pytest.mark.usefixtures("at_once")
def test_steps_are_told_by_name(capsys: pytest.CaptureFixture[str]) -> None:
    with console.progress("Reading") as report:
        report(1, 3, "beds.csv")
    assert capsys.readouterr().err == "Reading: 1 of 3, beds.csv\n"


def test_what_is_done_at_once_says_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    with console.progress_of_loops() as track:
        assert list(track("Replaying", range(3))) == [0, 1, 2]
    assert capsys.readouterr() == ("", "")
