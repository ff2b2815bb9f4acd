"""The command that writes the figures as a dataset for others."""

from __future__ import annotations

from pathlib import Path

from command_line import Run


def test_a_dataset_is_written_once_and_again_by_force(ask: Run, tmp_path: Path) -> None:
    to = tmp_path / "published"
    done = ask("data", "export", "--to", to, "--url", "https://example.org/harbours")
    assert "Version 2025.6.30, snapshot " in done.text
    assert "https://example.org/harbours" in (to / "datapackage.json").read_text("utf-8")
    refused = ask("data", "export", "--to", to)
    assert refused.code == 1 and "--force" in refused.err
    assert ask("data", "export", "--to", to, "--force").code == 0
