"""A package whose pages would be bare is not built."""

from __future__ import annotations

import importlib.util
import shutil
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

ROOT = Path(__file__).parents[1]
pytest.importorskip("hatchling")


@pytest.fixture
def hook(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The hook, in a clone without assets, on a machine without npm."""
    spec = importlib.util.spec_from_file_location("hatch_build", ROOT / "hatch_build.py")
    assert spec is not None and spec.loader is not None
    module: ModuleType = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setattr(shutil, "which", lambda name: None)
    return module.Assets(str(tmp_path), {}, None, None, str(tmp_path), "wheel")


def test_a_wheel_without_assets_fails_and_says_what_to_do(hook: Any) -> None:
    with pytest.raises(RuntimeError, match="make assets"):
        hook.initialize("standard", {})


def test_an_editable_install_may_do_without(hook: Any) -> None:
    hook.initialize("editable", {})


def test_a_wheel_with_assets_is_built(hook: Any, tmp_path: Path) -> None:
    folder = tmp_path / "src/matchmaker/web/static/nhsuk"
    (folder / "images").mkdir(parents=True)
    for name in ("nhsuk-frontend.min.css", "nhsuk-frontend.min.js"):
        (folder / name).touch()
    hook.initialize("standard", {})
