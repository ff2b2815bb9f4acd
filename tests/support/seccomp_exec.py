"""Runs a command under the system call filter of a systemd unit: `seccomp_exec.py UNIT COMMAND ...`.

systemd makes such a filter with the same library, from the sets that `systemd-analyze syscall-filter` lists.
"""

from __future__ import annotations

import ctypes
import errno
import os
import subprocess
import sys
from pathlib import Path

ALLOW, ERRNO, KILL = 0x7FFF0000, 0x00050000, 0x80000000
LIBRARY = "libseccomp.so.2"


def members(name: str) -> set[str]:
    """The system calls of a set, those of sets within it included."""
    if not name.startswith("@"):
        return {name}
    told = subprocess.run(
        ["systemd-analyze", "syscall-filter", name], capture_output=True, text=True, check=True
    )
    words = {line.strip() for line in told.stdout.splitlines()[1:]}
    return {call for word in words if word and not word.startswith("#") for call in members(word)}


def allowed(unit: str) -> tuple[set[str], str]:
    """The calls that a unit allows, and the name of the error of the others; empty where they kill."""
    calls: set[str] = set()
    error = ""
    for line in unit.splitlines():
        key, _, value = line.partition("=")
        if key == "SystemCallErrorNumber":
            error = value
        elif key == "SystemCallFilter":
            named = {call for word in value.removeprefix("~").split() for call in members(word)}
            calls = calls - named if value.startswith("~") else calls | named
    return calls, error


def restrict(calls: set[str], error: str) -> None:
    """Let this process, and those that it starts, make only these calls."""
    library = ctypes.CDLL(LIBRARY)
    library.seccomp_init.restype = ctypes.c_void_p
    library.seccomp_init.argtypes = [ctypes.c_uint32]
    library.seccomp_rule_add.argtypes = [ctypes.c_void_p, ctypes.c_uint32, ctypes.c_int, ctypes.c_uint]
    library.seccomp_load.argtypes = [ctypes.c_void_p]
    context = library.seccomp_init(ERRNO | getattr(errno, error) if error else KILL)
    for call in calls | {"execve", "exit", "exit_group", "rt_sigreturn"}:
        number = library.seccomp_syscall_resolve_name(call.encode())
        if number >= 0:
            library.seccomp_rule_add(context, ALLOW, number, 0)
    if library.seccomp_load(context) != 0:
        raise OSError("the filter can't be loaded")


if __name__ == "__main__":
    restrict(*allowed(Path(sys.argv[1]).read_text("utf-8")))
    os.execvp(sys.argv[2], sys.argv[2:])
