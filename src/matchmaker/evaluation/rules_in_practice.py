"""Rules held against practice: which share of the partners that were chosen in fact each would have kept out.

A rule that contradicts much of what really happened may still be right, but then it must say why: the
sector states its reason as data.
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from matchmaker.evaluation.settings import evaluation_settings
from matchmaker.models.arrangement import arrangement
from matchmaker.models.eligibility.rules import apply_rule, rules
from matchmaker.models.learned.choice_set import ChoiceSituation
from matchmaker.sector import Sector

MOST_WITHOUT_REASON = 0.10
"""A rule that keeps out a larger share of the partners than this needs a stated reason."""
RULES = {
    **dict.fromkeys(("kind", "arrangement", "rule", "label"), pl.String),
    "applied": pl.Boolean,
    **dict.fromkeys(("partners", "kept_out", "only_it", "unchecked"), pl.Int64),
    "share": pl.Float64,
    "reason": pl.String,
}
"""Columns of `rule_shares`."""


def rule_shares(choices: Sequence[ChoiceSituation], sector: Sector) -> pl.DataFrame:
    """Every rule of every arrangement that pairings are replayed under, held against the actual partners.

    Args:
        choices: past pairings; those whose partner was no open organisation on the day are passed over.
        sector: whose arrangements and reasons they are.

    Returns:
        One row per kind of pairing and rule: kind, arrangement, rule, label, applied (whether replays of
        the kind apply it), partners, kept_out (by this rule, taken by itself), only_it (by no other rule
        that is applied), unchecked (the fact is unknown, so that nobody is kept out), share (kept_out of
        all partners), reason (stated by the sector; empty where there is none).
    """
    reasons = {(one.kind, one.rule): one.why for one in evaluation_settings(sector).rule_reasons}
    rows = []
    for kind in sector.pairing_kinds:
        own = [one for one in choices if one.kind == kind and one.partner_row is not None]
        if own:
            rows += [
                row | {"reason": reasons.get((kind, str(row["rule"])), "")}
                for row in _rows(own, kind, sector)
            ]
    return pl.DataFrame(rows, schema=RULES)


def unexplained(shares: pl.DataFrame) -> pl.DataFrame:
    """The rows of `rule_shares` that keep out too large a share of the partners without a stated reason."""
    return shares.filter((pl.col("share") > MOST_WITHOUT_REASON) & (pl.col("reason") == ""))


def _rows(choices: Sequence[ChoiceSituation], kind: str, sector: Sector) -> list[dict[str, object]]:
    settings = sector.pairing_kinds[kind]
    how = arrangement(sector, settings.arrangement)
    applied = {rule.name for rule in how.with_rules(settings.rules_not_applied).rules}
    found = [(one, one.figures(rule_states)) for one in choices]
    out = []
    for rule in how.rules:
        by_rule = [states[rule.name] for _, states in found]
        only = [
            states[rule.name][0] and not any(states[other][0] for other in applied - {rule.name})
            for _, states in found
        ]
        kept_out = sum(excluded for excluded, _ in by_rule)
        out.append(
            {
                "kind": kind,
                "arrangement": how.name,
                "rule": rule.name,
                "label": rules(sector)[rule.name].label,
                "applied": rule.name in applied,
                "partners": len(choices),
                "kept_out": kept_out,
                "only_it": sum(only),
                "unchecked": sum(unchecked for _, unchecked in by_rule),
                "share": kept_out / len(choices),
            }
        )
    return out


def rule_states(choice: ChoiceSituation) -> dict[str, tuple[bool, bool]]:
    """Rule -> whether it keeps the actual partner out, and whether it could not be checked.

    Of all rules of the arrangement, those that replays do not apply among them; empty where the partner was
    no open organisation.
    """
    out: dict[str, tuple[bool, bool]] = {}
    if choice.partner_row is None:
        return out
    how = arrangement(choice.sector, choice.sector.pairing_kinds[choice.kind].arrangement)
    for rule in how.rules:
        found = apply_rule(rule, choice.profiles, choice.row)
        out[rule.name] = (bool(found.excluded[choice.partner_row]), bool(found.unchecked[choice.partner_row]))
    return out
