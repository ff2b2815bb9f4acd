"""The shipped proxy, in front of a service that runs as a process of its own."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx2
from service_process import Process, wait_until

CONFIGURATION = Path(__file__).parents[2] / "deploy" / "nginx.conf"
NGINX = os.environ.get("NGINX") or shutil.which("nginx", path=f"{os.defpath}:/usr/sbin:/usr/local/sbin")
BODIES = "client_body_temp_path proxy_temp_path fastcgi_temp_path uwsgi_temp_path scgi_temp_path"


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def localised(text: str, folder: Path, port: int, upstream: str) -> str:
    """The shipped configuration, with nothing changed but places on this machine."""
    own = {
        "user www-data;": "user root;" if os.geteuid() == 0 else "",
        "pid /run/nginx.pid;": f"pid {folder}/nginx.pid;",
        "/var/log/nginx/error.log": f"{folder}/error.log",
        "server 127.0.0.1:8000;": f"server {upstream};",
        "listen 80 default_server;": f"listen 127.0.0.1:{port} default_server;",
        "http {\n": "http {\n" + "".join(f"    {name} {folder}/{name};\n" for name in BODIES.split()),
    }
    for shipped, here in own.items():
        assert text.count(shipped) == 1, shipped
        text = text.replace(shipped, here)
    return text


@contextmanager
def proxied(service: Process) -> Iterator[tuple[str, int]]:
    """The address of the proxy, which passes on to the service."""
    assert NGINX is not None
    host, port = service.address
    with TemporaryDirectory(prefix="mm-nginx-") as name:
        folder, own = Path(name), free_port()
        file = folder / "nginx.conf"
        file.write_text(localised(CONFIGURATION.read_text("utf-8"), folder, own, f"{host}:{port}"), "utf-8")
        command = [NGINX, "-p", name, "-c", str(file), "-g", "daemon off;"]
        with (folder / "said").open("wb") as said:
            process = subprocess.Popen(command, stdout=said, stderr=said)
        try:

            def answers() -> bool:
                assert process.poll() is None, (folder / "said").read_text("utf-8")
                try:
                    return httpx2.get(f"http://127.0.0.1:{own}/health/live", timeout=10).status_code == 200
                except httpx2.TransportError:
                    return False

            wait_until(answers, "the proxy answers")
            yield "127.0.0.1", own
        finally:
            process.terminate()
            process.wait(30)
