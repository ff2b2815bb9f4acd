"""Refuses to build a package whose pages would be bare."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

ASSETS = ("nhsuk-frontend.min.css", "nhsuk-frontend.min.js", "images")


class Assets(BuildHookInterface):
    """Brings the styles and scripts of the pages in where they are missing."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002
        """Look for them before anything is packed; an editable install may do without.

        Raises:
            RuntimeError: they are missing and can't be brought in.
        """
        folder = Path(self.root) / "src/matchmaker/web/static/nhsuk"
        if version == "editable" or not _missing(folder):
            return
        if shutil.which("npm") and shutil.which("make"):
            subprocess.run(["make", "assets"], cwd=self.root, check=False)
        if missing := _missing(folder):
            raise RuntimeError(
                f"The styles and scripts of the pages are missing: {', '.join(missing)}. "
                "Install npm and run 'make assets', then build again."
            )


def _missing(folder: Path) -> list[str]:
    return [name for name in ASSETS if not (folder / name).exists()]
