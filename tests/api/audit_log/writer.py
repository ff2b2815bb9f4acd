"""Writes decisions without end, and says on its output which are on the disk; it is killed by the test."""

from __future__ import annotations

import itertools
import sys
from dataclasses import replace

from matchmaker.api.audit_log.entry import Decision, DisplayedOption
from matchmaker.api.audit_log.log import DecisionLog

DECISION = Decision(
    who="A regulator",
    key=None,
    recipient="RPA",
    recipient_name="Medway NHS Foundation Trust",
    arrangement="buddying",
    as_of="2026-08-22",
    snapshot="s" * 64,
    method="evidence",
    version="0.1.0/buddying-1",
    query={"arrangement": "buddying", "weights": {"proximity": 0.1}, "limit": 2},
    options=(DisplayedOption(1, "RAX", "Kingston", 0.7189), DisplayedOption(2, "RD8", "Milton Keynes", 0.68)),
    shown="f" * 64,
    choice="option",
    chosen="RAX",
    chosen_name="Kingston",
    reason="They know each other – and are willing.",
)

if __name__ == "__main__":
    log = DecisionLog(sys.argv[1])
    for turn in itertools.count():
        entry = log.record(replace(DECISION, reason=f"{turn} " + "because " * 200))
        sys.stdout.write(f"{entry.number} {entry.hash}\n")
        sys.stdout.flush()
