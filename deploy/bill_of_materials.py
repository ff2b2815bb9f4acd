"""Writes what a copy of matchmaker consists of: a bill of materials (CycloneDX) and the licences of others.

    .venv/bin/python deploy/bill_of_materials.py --to build

`sbom.cdx.json` names every package pinned in requirements/runtime.txt and the design system of the pages,
each by its package URL, with its licence and what it needs. `third-party-licences.md` holds the licence texts
that the packages come with. Both are made from the installed packages alone; the same packages give the same
bytes.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Iterator
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

from cyclonedx.contrib.license.factories import LicenseFactory
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.output.json import JsonV1Dot6
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from packageurl import PackageURL
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[1]
PIN = re.compile(r"^(?P<requirement>[A-Za-z0-9][^\\\n]*==[^\\\n]*?)\s*\\?$", re.M)
LICENCE_FILE = re.compile(r"(^|/)(licen[cs]es?/.+|(licen[cs]e|copying|notice)[^/]*)$", re.IGNORECASE)
CLASSIFIER = "License :: OSI Approved :: "
DESIGN_SYSTEM = "nhsuk-frontend"


def pinned() -> Iterator[Requirement]:
    """The pins of requirements/runtime.txt that hold on this machine."""
    for found in PIN.finditer((ROOT / "requirements" / "runtime.txt").read_text("utf-8")):
        requirement = Requirement(found["requirement"])
        if requirement.marker is None or requirement.marker.evaluate():
            yield requirement


def licence_of(package: Distribution) -> str:
    """The licence that a package states: an expression of SPDX, else its own words, else its classifiers."""
    stated = package.metadata.get("License-Expression") or package.metadata.get("License") or ""
    if stated and "\n" not in stated.strip():
        return stated.strip()
    named = [one.removeprefix(CLASSIFIER) for one in package.metadata.get_all("Classifier") or ()]
    by_classifier = "; ".join(one for one in named if "::" not in one and "License" in one)
    return by_classifier or ("as in its licence file" if any(texts_of(package)) else "not stated")


def texts_of(package: Distribution) -> Iterator[tuple[str, str]]:
    """Name and text of each licence file that a package comes with."""
    for file in sorted(package.files or (), key=str):
        if ".dist-info/" in str(file) and LICENCE_FILE.search(str(file)):
            yield file.name, file.read_text("utf-8")


def bill(packages: dict[str, Distribution], version: str) -> Bom:
    """The bill of materials.

    Args:
        packages: canonical name -> what is installed.
        version: of matchmaker.
    """
    licences, made = LicenseFactory(), Bom()
    main = Component(name="matchmaker", version=version, type=ComponentType.APPLICATION, bom_ref="matchmaker")
    made.metadata.component = main
    parts = {
        name: Component(
            name=name,
            version=one.version,
            type=ComponentType.LIBRARY,
            bom_ref=name,
            purl=PackageURL("pypi", None, name, one.version),
            licenses=[licences.make_from_string(licence_of(one))],
        )
        for name, one in packages.items()
    }
    lock = json.loads((ROOT / "package-lock.json").read_text("utf-8"))["packages"]
    design = lock[f"node_modules/{DESIGN_SYSTEM}"]
    parts[DESIGN_SYSTEM] = Component(
        name=DESIGN_SYSTEM,
        version=design["version"],
        type=ComponentType.LIBRARY,
        bom_ref=DESIGN_SYSTEM,
        purl=PackageURL("npm", None, DESIGN_SYSTEM, design["version"]),
        licenses=[licences.make_from_string(design["license"])],
    )
    made.components.update(parts.values())
    for name, one in packages.items():
        needed = {canonicalize_name(Requirement(text).name) for text in one.requires or ()}
        made.register_dependency(parts[name], [parts[other] for other in sorted(needed & packages.keys())])
    made.register_dependency(main, parts.values())
    return made


def as_json(made: Bom) -> str:
    """The bill as JSON without what differs from run to run: number, time and the addresses of tools.

    Raises:
        ValueError: it breaks the schema of CycloneDX.
    """
    content = json.loads(JsonV1Dot6(made).output_as_string())
    content.pop("serialNumber", None)
    content["metadata"] = {"component": content["metadata"]["component"]}
    text = json.dumps(content, indent=1, sort_keys=True, ensure_ascii=False) + "\n"
    if fault := JsonStrictValidator(SchemaVersion.V1_6).validate_str(text):
        raise ValueError(f"the bill of materials breaks its schema: {fault}")
    return text


def as_markdown(packages: dict[str, Distribution]) -> str:
    """The licences: a table, then the texts that packages come with."""
    lines = ["# Licences of third parties", "", "| package | version | licence |", "|---|---|---|"]
    lines += [f"| {name} | {one.version} | {licence_of(one)} |" for name, one in packages.items()]
    for name, one in packages.items():
        for file, text in texts_of(one):
            lines += ["", f"## {name} {one.version}: {file}", "", "```text", text.strip(), "```"]
    design = ROOT / "src" / "matchmaker" / "web" / "static" / "nhsuk-frontend-licence.txt"
    lines += ["", f"## {DESIGN_SYSTEM}", "", "```text", design.read_text("utf-8").strip(), "```", ""]
    return "\n".join(lines)


def main() -> None:
    """Write both files; ends with 1 where a pinned package is not installed."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--to", type=Path, default=ROOT / "build", metavar="DIR", help="folder to write to")
    to: Path = parser.parse_args().to
    packages: dict[str, Distribution] = {}
    for one in pinned():
        try:
            packages[canonicalize_name(one.name)] = distribution(one.name)
        except PackageNotFoundError:
            sys.exit(
                f"{one.name} is pinned in requirements/runtime.txt and not installed: run 'make test' first."
            )
    version = re.search(r'^version = "(.+)"$', (ROOT / "pyproject.toml").read_text("utf-8"), re.M)
    assert version is not None
    to.mkdir(parents=True, exist_ok=True)
    for name, text in {
        "sbom.cdx.json": as_json(bill(dict(sorted(packages.items())), version[1])),
        "third-party-licences.md": as_markdown(dict(sorted(packages.items()))),
    }.items():
        (to / name).write_text(text, "utf-8")
        print(f"Wrote {to / name}")  # noqa: T201


if __name__ == "__main__":
    main()
