"""How many shortlists of ten, explained, the service answers, beside a bare route that sends the same bytes.

Run: python benchmarks/bench_service.py [--seconds 10] [--connections 32] [--memory-minutes 0] [--against DIR]
DIR is the src of an earlier checkout, whose rate is told beside. Needs wrk; uses the loopback only. Both run
on one worker of the same server (uvicorn with h11), in turns, under the same load: as many requests as the
connections can carry.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.request import urlopen

PATH = "/v1/nhs/organisations/RPA/shortlist?arrangement=buddying&limit=10"
UNITS = {"us": 1e-3, "ms": 1.0, "s": 1e3}
MAX_ORGANISATIONS = 200
ROUNDS = 3
"""The bare route and the service take turns so often; the middle run of each counts."""
HEADING = "      rate of bare         p50          p99  ratio  errors  memory before, after"


@dataclass(frozen=True)
class Load:
    """What wrk measured; times in milliseconds, memory in MB."""

    rate: float
    p50: float
    p99: float
    requests: int
    errors: int
    before: float
    after: float


UNLIMITED = {"MATCHMAKER_RATE_LIMIT": "", "MATCHMAKER_WORK_SECONDS": "0"}
"""One caller asks for all here."""


def bare(file: Path, port: int) -> None:
    """Serve the bytes of a file from one route of FastAPI, and nothing else."""
    import uvicorn
    from fastapi import FastAPI, Response

    body = file.read_bytes()
    app = FastAPI(openapi_url=None)

    @app.get("/v1/nhs/organisations/{code}/shortlist")
    async def answer(code: str) -> Response:  # noqa: ARG001
        return Response(body, media_type="application/json")

    uvicorn.run(app, port=port, http="h11", ws="none", access_log=False, log_level="warning")


@contextmanager
def served(*command: str, **env: str) -> Iterator[tuple[str, int]]:
    """Address and process of a service that stops with the block."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    own = {name: value for name, value in os.environ.items() if not name.startswith("MATCHMAKER_")} | env
    with (
        tempfile.TemporaryFile() as log,
        subprocess.Popen([*command, str(port)], env=own, stdout=log, stderr=log) as service,
    ):
        address = f"http://127.0.0.1:{port}"
        try:
            for _ in range(600):
                try:
                    urlopen(address + PATH, timeout=30).read()
                    break
                except OSError:
                    time.sleep(0.1)
            yield address, service.pid
        finally:
            service.terminate()
            service.wait(timeout=60)


def loaded(address: str, pid: int, seconds: int, connections: int, script: Path | None = None) -> Load:
    """Load it for so many seconds."""
    before = memory(pid)
    more = ["-s", str(script)] if script else []
    command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "10s", "--latency", *more]
    said = subprocess.run([*command, address + PATH], capture_output=True, text=True, check=True).stdout

    def found(pattern: str) -> str:
        match = re.search(pattern, said)
        return match.group(1) if match else "0"

    def ms(share: str) -> float:
        match = re.search(rf"{share}%\s+([\d.]+)(us|ms|s)", said)
        assert match, said
        return float(match.group(1)) * UNITS[match.group(2)]

    broken = re.search(r"connect (\d+), read (\d+), write (\d+), timeout (\d+)", said)
    errors = int(found(r"Non-2xx or 3xx responses: (\d+)")) + sum(map(int, broken.groups() if broken else ()))
    rate, requests = float(found(r"Requests/sec:\s+([\d.]+)")), int(found(r"(\d+) requests in"))
    return Load(rate, ms("50"), ms("99"), requests, errors, before, memory(pid))


def memory(pid: int) -> float:
    """Resident memory in MB."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(re.search(r"VmRSS:\s+(\d+)", status).group(1)) / 1024  # type: ignore[union-attr]


def told(what: str, load: Load, beside: Load) -> None:
    """One line of the report."""
    print(
        f"{what:<42}{load.rate:>8.0f}/s {100 * load.rate / beside.rate:>6.1f}%"
        f"{load.p50:>9.1f} ms {load.p99:>9.1f} ms {load.p99 / load.p50:>6.1f}{load.errors:>8}"
        f"{load.before:>9.0f} MB {load.after:>6.0f} MB"
    )


def different(address: str, folder: Path) -> Path:
    """A script for wrk that asks for every organisation in turn."""
    listed = json.load(urlopen(f"{address}/v1/nhs/organisations?limit={MAX_ORGANISATIONS}"))["organisations"]
    codes = ", ".join(f'"{one["code"]}"' for one in listed if one["type"] != "other")
    script = folder / "different.lua"
    script.write_text(
        f"codes = {{{codes}}}\nat = 0\nrequest = function()\n  at = at % #codes + 1\n"
        '  return wrk.format("GET", "/v1/nhs/organisations/" .. codes[at] .. "/shortlist?limit=10")\nend\n'
    )
    return script


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=int, default=10)
    parser.add_argument("--connections", type=int, default=32)
    parser.add_argument("--against", type=Path, help="the src of an earlier checkout")
    parser.add_argument("--memory-minutes", type=int, default=0, help="a long run at saturation besides")
    parser.add_argument("--bare", nargs=2, metavar=("FILE", "PORT"), help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.bare:
        bare(Path(asked.bare[0]), int(asked.bare[1]))
        return
    if shutil.which("wrk") is None:
        print("wrk is not here, so the service is not measured: apt-get install wrk")
        return
    serve = (sys.executable, "-m", "matchmaker", "serve", "--port")
    how = asked.seconds, asked.connections
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        file = folder / "answer.json"
        with served(*serve, **UNLIMITED) as (address, pid):
            file.write_bytes(urlopen(address + PATH).read())
            with served(sys.executable, __file__, "--bare", str(file)) as (plain, plain_pid):
                rounds = [(loaded(plain, plain_pid, *how), loaded(address, pid, *how)) for _ in range(ROUNDS)]
            same, kept = (
                sorted(part, key=lambda load: load.rate)[ROUNDS // 2] for part in zip(*rounds, strict=True)
            )
            mixed = loaded(address, pid, *how, different(address, folder))
            long = loaded(address, pid, 60 * asked.memory_minutes, how[1]) if asked.memory_minutes else None
        anew = {"MATCHMAKER_CACHE_BYTES": "0", **UNLIMITED}
        with served(*serve, **anew) as (address, pid):
            made = loaded(address, pid, *how)
        then = None
        if asked.against:
            with served(*serve, **anew, PYTHONPATH=str(asked.against)) as (address, pid):
                then = loaded(address, pid, *how)
        load = f"load of the machine {os.getloadavg()[0]:.1f}"
        how_much = f"{len(file.read_bytes()):,} bytes, {asked.connections} connections"
        print(f"{how_much}, {asked.seconds} s each; {load}")
        print(" " * 42 + HEADING)
        told("bare route, the same bytes", same, same)
        told("shortlist, cached", kept, same)
        told("shortlists of every organisation in turn", mixed, same)
        told("shortlist, made anew each time", made, same)
        if then is not None:
            told(f"the same by {asked.against}", then, same)
            print(f"made anew, rate beside the earlier checkout: {made.rate / then.rate:.1f} times")
        if long is not None:
            told(f"cached, {asked.memory_minutes} minutes", long, same)


if __name__ == "__main__":
    main()
