"""How long the pages of the main journey take, beside the same shortlist as JSON, over HTTP on loopback.

Run: python benchmarks/bench_pages.py
Every request asks with another weight, so that no answer can come from the cache; the median of many
counts, after some that do not.
"""

from __future__ import annotations

import http.client
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from statistics import median

import uvicorn

from matchmaker.models.arrangement import arrangements
from matchmaker.sector import load_sector
from matchmaker.web.app import create_app

SECTOR, CODE = "nhs", "RPA"
SERVICE = "accident_and_emergency"
"""For the arrangements that need one."""
ROUNDS, WARM = 60, 5
PAGES = {
    "home": "?w={w}",
    "organisation": f"/organisations/{CODE}?w={{w}}",
    "compare three": f"/organisations/{CODE}/compare?weights=proximity%3D{{w}}&with=RAX&with=RD8&with=RFF",
    "why not": f"/organisations/{CODE}/candidates/RXC?weights=proximity%3D{{w}}",
}


@contextmanager
def serving() -> Iterator[int]:
    """A server with the pages; its port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    server = uvicorn.Server(uvicorn.Config(create_app(), "127.0.0.1", port, log_level="warning", ws="none"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.05)
    yield port
    server.should_exit = True
    thread.join()


def answered(connection: http.client.HTTPConnection, path: str) -> tuple[float, int]:
    """Seconds until the whole answer is there, and its bytes as sent."""
    start = time.perf_counter()
    connection.request("GET", path, headers={"Accept-Encoding": "gzip"})
    answer = connection.getresponse()
    body = answer.read()
    assert answer.status == 200, f"{path}: {answer.status}"
    return time.perf_counter() - start, len(body)


def main() -> None:
    """Print milliseconds, ratios and bytes."""
    with serving() as port:
        connection = http.client.HTTPConnection("127.0.0.1", port)
        shortlists = {}
        for one in arrangements(load_sector(SECTOR)).values():
            query = f"/organisations/{CODE}/shortlist?arrangement={one.name}&weights=proximity%3D{{w}}"
            if all(criterion.name != "proximity" for criterion in one.criteria):
                query = query.replace("proximity", one.criteria[0].name)
            if any(rule.name.startswith("runs_service") for rule in one.rules):
                query += f"&service={SERVICE}"
            shortlists[one.name] = query
        bare: dict[str, list[float]] = {name: [] for name in shortlists}
        page: dict[str, list[float]] = {name: [] for name in {**shortlists, **PAGES}}
        sizes: dict[str, int] = {}
        for turn in range(ROUNDS + WARM):
            for name, path in {**shortlists, **PAGES}.items():
                asked = path.format(w=round(0.01 + turn / 1000, 4))
                if name in shortlists:  # turn by turn, so that both meet the same weather
                    took, _ = answered(connection, f"/v1/{SECTOR}{asked}")
                    bare[name].append(took)
                took, sizes[name] = answered(connection, f"/{SECTOR}{asked}")
                page[name].append(took)
        for name, times in page.items():
            taken = 1000 * median(times[WARM:])
            line = f"{name:<16}{taken:>8.1f} ms {sizes[name] / 1000:>7.1f} kB sent"
            if name in bare:
                json = 1000 * median(bare[name][WARM:])
                line += f"   JSON {json:>6.1f} ms   ratio {taken / json:.2f}"
            print(line)


if __name__ == "__main__":
    main()
