"""Installs the packages into clean environments: how large each is, how fast it imports, whether it works.

    python benchmarks/bench_installs.py dist build/installs

The first argument is the folder with the two wheels, the second is where the environments are made. Each runs
one task outside of the repository; one that fails ends the script.
"""

from __future__ import annotations

import os
import resource
import shutil
import statistics
import subprocess
import sys
from pathlib import Path

RUNS = 5
COMMAND = (
    "import sys; sys.argv = ['matchmaker', '--sector', 'nhs', *{words}]; import matchmaker.cli as c; c.main()"
)
SERVED = """
import asyncio
from httpx2 import ASGITransport, AsyncClient
from matchmaker.web.app import create_app

async def ask():
    app = create_app()
    async with app.router.lifespan_context(app):
        async with AsyncClient(transport=ASGITransport(app), base_url="http://localhost") as client:
            page = await client.get("/nhs/organisations/RPA", follow_redirects=True)
            style = await client.get(
                next(part.split('"')[0] for part in page.text.split('href="') if ".css" in part.split('"')[0])
            )
    assert page.status_code == 200 and style.status_code == 200, (page.status_code, style.status_code)

asyncio.run(ask())
"""
INSTALLS = {
    "core": ("matchmaker", "matchmaker", COMMAND.format(words=["shortlist", "RPA", "--limit", "3"])),
    "server": ("matchmaker[server]", "matchmaker.web.app", SERVED),
    "client": (
        "matchmaker-client",
        "matchmaker.client",
        "from matchmaker.client import Client; Client('http://x').close()",
    ),
    "all": ("matchmaker[all]", "matchmaker", COMMAND.format(words=["assign", "--recipients", "RPA,RVV"])),
}
"""Name -> what is installed, what is imported, and the task that must work."""


def main(wheels: Path, folder: Path) -> None:
    """Print one line for each environment."""
    print(f"{'environment':<12} {'size':>8} {'packages':>9} {'import':>9}")
    for name, (requirement, module, task) in INSTALLS.items():
        python = installed(requirement, wheels.resolve(), folder.resolve() / name)
        clean = {
            key: value for key, value in os.environ.items() if not key.startswith(("PYTHON", "MATCHMAKER"))
        }
        subprocess.run([python, "-c", task], cwd=folder, env=clean, check=True, capture_output=True)
        seconds = [imported(python, module, folder, clean) for _ in range(RUNS)]
        place = next((folder / name / "lib").glob("python3*")) / "site-packages"
        size = sum(file.stat().st_size for file in place.rglob("*") if file.is_file()) / 1e6
        count = len(list(place.glob("*.dist-info")))
        print(f"{name:<12} {size:>5.0f} MB {count:>9} {1000 * statistics.median(seconds):>6.0f} ms")


def installed(requirement: str, wheels: Path, place: Path) -> Path:
    """The Python of a new environment with one of the two packages, without pip itself."""
    shutil.rmtree(place, ignore_errors=True)
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", place], check=True)
    python = place / "bin" / "python"
    name, _, extra = requirement.partition("[")
    wheel = next(wheels.glob(f"{name.replace('-', '_')}-[0-9]*.whl"))
    command = [
        sys.executable,
        "-m",
        "pip",
        "--python",
        python,
        "--disable-pip-version-check",
        "install",
        "-qq",
    ]
    subprocess.run([*command, "--only-binary", ":all:", f"{wheel}{'[' + extra if extra else ''}"], check=True)
    return python


def imported(python: Path, module: str, folder: Path, env: dict[str, str]) -> float:
    """Seconds of the processors that a process takes to import a module and end."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([python, "-c", f"import {module}"], cwd=folder, env=env, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
