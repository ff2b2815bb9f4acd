"""Everything that can be done to a working shortlist; each function gives a new one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from matchmaker.api.kept.shortlist import (
    MAX_NAME,
    MAX_NOTES,
    MAX_OPTIONS,
    MAX_TEXT,
    KeptOption,
    KeptShortlist,
    Note,
)
from matchmaker.errors import InvalidParameter, MatchmakerError

if TYPE_CHECKING:
    from matchmaker.models.engine import Matchmaker
    from matchmaker.models.query import ShortlistQuery

Change = Callable[[KeptShortlist], KeptShortlist]
ALL_RANKS = 100_000
"""More options than any list has, so that each candidate's rank is known."""


class NotKept(MatchmakerError):
    """The organisation is not on the working shortlist."""

    slug = "not-kept"
    status = 404


def now() -> str:
    """This second: UTC, ISO 8601."""
    return datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def begin(engine: Matchmaker, recipient: str, name: str = "", at: str | None = None) -> KeptShortlist:
    """An empty working shortlist.

    Args:
        engine: that knows the recipient.
        recipient: code or name.
        name: of the list; by default that of the recipient.
        at: the time, for tests.

    Raises:
        MatchmakerError: there is no such organisation, or the name can't be used.
    """
    found = engine.find(recipient).organisation
    at = at or now()
    return KeptShortlist(
        name=_text(name or f"Partners for {found.name}"[:MAX_NAME], "name", MAX_NAME),
        sector=engine.sector.name,
        recipient=found.code,
        recipient_name=found.name,
        created=at,
        changed=at,
    )


def options_of(
    engine: Matchmaker,
    recipient: str,
    query: ShortlistQuery,
    candidates: Sequence[str],
    by: str = "",
    at: str | None = None,
) -> tuple[KeptOption, ...]:
    """Some candidates as options to keep, with their rank on the list of a query.

    Args:
        engine: that answers the query.
        recipient: code of the organisation that needs a partner.
        query: of the list; its form of partnership must be one of the sector's.
        candidates: codes or names; those that rules leave out are kept with the reason.
        by: who keeps them.
        at: the time, for tests.

    Raises:
        MatchmakerError: a candidate or the query can't be used; `loc` says which.
    """
    if query.arrangement is not None and not isinstance(query.arrangement, str):
        raise InvalidParameter(
            "Options of an arrangement of your own can't be kept.",
            "Use one of the arrangements that are offered.",
            ("arrangement",),
        )
    by = _text(by, "by", MAX_NAME, may_be_empty=True)
    whole = engine.answer(recipient, query.model_copy(update={"limit": ALL_RANKS, "n_draws": 0}))
    ranks = {option.organisation.code: option.rank for option in whole.options}
    reasons = {one.organisation.code: one.reasons for one in whole.excluded}
    kept = []
    for candidate in candidates:
        try:
            found = engine.find(candidate, query.as_of).organisation
            if found.code == whole.recipient.code:
                raise InvalidParameter(
                    f"{found.name} can't be its own partner.", "Name another organisation."
                )
        except MatchmakerError as error:
            error.loc = ("candidates",)
            raise
        kept.append(
            KeptOption(
                code=found.code,
                name=found.name,
                arrangement=whole.arrangement,
                query=tuple(query.model_copy(update={"arrangement": whole.arrangement}).to_fields()),
                rank=ranks.get(found.code),
                left_out=tuple(reason[:MAX_TEXT] for reason in reasons.get(found.code, ())),
                as_of=whole.as_of.isoformat(),
                snapshot=whole.snapshot,
                kept_at=at or now(),
                kept_by=by,
            )
        )
    return tuple(kept)


def keep(options: Iterable[KeptOption]) -> Change:
    """Keep some options; one that is there already gets its new rank and question, and keeps its notes."""
    given = {option.key: option for option in options}

    def change(kept: KeptShortlist) -> KeptShortlist:
        before = {option.key: option for option in kept.options}
        merged = before | {
            key: replace(option, ruled_out=old.ruled_out, notes=old.notes)
            if (old := before.get(key))
            else option
            for key, option in given.items()
        }
        if len(merged) > MAX_OPTIONS:
            raise InvalidParameter(
                f"A shortlist holds {MAX_OPTIONS} options at most.",
                "Take some off it first, or begin another.",
            )
        order = list(dict.fromkeys(arrangement for arrangement, _ in merged))
        listed = sorted(merged.values(), key=lambda option: order.index(option.arrangement))
        return _changed(kept, options=tuple(listed))

    return change


def rule_out(code: str, reason: str, by: str = "", arrangement: str | None = None) -> Change:
    """Rule an organisation out, for one form of partnership or for all, with the reason."""
    note = Note(now(), _text(by, "by", MAX_NAME, may_be_empty=True), _text(reason, "reason", MAX_TEXT))
    return _each(code, arrangement, lambda option: replace(option, ruled_out=note))


def bring_back(code: str, by: str = "", arrangement: str | None = None) -> Change:
    """Consider one again that was ruled out; why it had been is kept as a note."""
    by = _text(by, "by", MAX_NAME, may_be_empty=True)

    def back(option: KeptOption) -> KeptOption:
        if option.ruled_out is None:
            return option
        text = f"Considered again. It had been ruled out: {option.ruled_out.text}"[:MAX_TEXT]
        return replace(option, ruled_out=None, notes=_added(option.notes, Note(now(), by, text)))

    return _each(code, arrangement, back)


def write_note(text: str, by: str = "", code: str | None = None, arrangement: str | None = None) -> Change:
    """Write a note on an organisation, or on the whole list where none is named."""
    note = Note(now(), _text(by, "by", MAX_NAME, may_be_empty=True), _text(text, "text", MAX_TEXT))
    if code is None:
        return lambda kept: _changed(kept, notes=_added(kept.notes, note))
    return _each(code, arrangement, lambda option: replace(option, notes=_added(option.notes, note)))


def take_off(code: str, arrangement: str | None = None) -> Change:
    """Take an organisation off the list, with its notes, as if it had not been kept."""

    def change(kept: KeptShortlist) -> KeptShortlist:
        gone = _meant(kept, code, arrangement)
        return _changed(kept, options=tuple(one for one in kept.options if one.key not in gone))

    return change


def rename(name: str) -> Change:
    """Give the list another name."""
    name = _text(name, "name", MAX_NAME)
    return lambda kept: _changed(kept, name=name)


def _each(code: str, arrangement: str | None, alter: Callable[[KeptOption], KeptOption]) -> Change:
    def change(kept: KeptShortlist) -> KeptShortlist:
        meant = _meant(kept, code, arrangement)
        altered = tuple(alter(option) if option.key in meant else option for option in kept.options)
        return _changed(kept, options=altered)

    return change


def _meant(kept: KeptShortlist, code: str, arrangement: str | None) -> set[tuple[str, str]]:
    found = {
        option.key
        for option in kept.options
        if option.code == code.strip().upper() and arrangement in (None, "", option.arrangement)
    }
    if not found:
        raise NotKept(f"{code[:40]} is not on this shortlist.", "Keep it first.", ("code",))
    return found


def _changed(kept: KeptShortlist, **fields: object) -> KeptShortlist:
    return replace(kept, changed=now(), **fields)  # type: ignore[arg-type]


def _added(notes: tuple[Note, ...], note: Note) -> tuple[Note, ...]:
    if len(notes) >= MAX_NOTES:
        raise InvalidParameter(f"There are {MAX_NOTES} notes already.", "Begin another shortlist.")
    return (*notes, note)


_MISSING = {"reason": "Enter the reason", "text": "Enter a note", "name": "Enter a name", "by": "Enter who"}


def _text(text: str, field: str, most: int, may_be_empty: bool = False) -> str:
    text = text.strip()
    if not text and not may_be_empty:
        raise InvalidParameter(f"{_MISSING[field]}.", "It can't be empty.", (field,))
    if len(text) > most:
        raise InvalidParameter(f"That has {len(text):,} characters.", f"Use {most:,} or fewer.", (field,))
    if any(letter < " " and letter not in "\n\r\t" for letter in text):
        raise InvalidParameter(
            "That has signs which can't be printed.", "Use letters, numbers and signs.", (field,)
        )
    return text
