"""A working shortlist as a file, as a part of an address, and as a table."""

from __future__ import annotations

import base64
import binascii
import zlib

from pydantic import TypeAdapter, ValidationError

from matchmaker.api.kept.shortlist import KeptShortlist
from matchmaker.errors import InvalidParameter
from matchmaker.models.tables import Row

MAX_FILE = 1_000_000
"""Bytes of a file, at most."""
MAX_IN_ADDRESS = 6_000
"""Characters in an address, at most: what all browsers, proxies and this service take."""
_ADAPTER = TypeAdapter(KeptShortlist)


class NoKeptShortlist(InvalidParameter):
    """A file or address holds no working shortlist."""

    slug = "no-kept-shortlist"


def to_json(kept: KeptShortlist) -> bytes:
    """The file of one: JSON, indented."""
    return _ADAPTER.dump_json(kept, indent=1) + b"\n"


def from_json(content: bytes | str) -> KeptShortlist:
    """One from its file.

    Raises:
        NoKeptShortlist: it is too large, no JSON, or not a working shortlist of this form.
    """
    if len(content) > MAX_FILE:
        raise NoKeptShortlist("The file is too large.", "Choose a file that was saved here.", ("file",))
    try:
        return _ADAPTER.validate_json(content)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"]))
        where = f"the part '{place}' can't be used" if place else "it is not in that form"
        raise NoKeptShortlist(
            f"The file holds no working shortlist: {where}.",
            "Choose a file that was saved here, and that nothing has changed.",
            ("file",),
        ) from error


def to_address(kept: KeptShortlist) -> str | None:
    """One as a part of an address; None where it is too long for one."""
    text = packed(kept)
    return text if len(text) <= MAX_IN_ADDRESS else None


def packed(kept: KeptShortlist) -> str:
    """The same text however long it is, for a form to carry."""
    content = zlib.compress(_ADAPTER.dump_json(kept.without_id(), exclude_defaults=True), 9)
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


def from_address(text: str) -> KeptShortlist:
    """One from a part of an address.

    Raises:
        NoKeptShortlist: it holds none.
    """
    try:
        compressed = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        unpacking = zlib.decompressobj()
        content = unpacking.decompress(compressed, MAX_FILE)  # no more, however much it would become
        if unpacking.unconsumed_tail or not unpacking.eof:
            raise ValueError(text)
        return _ADAPTER.validate_json(content)
    except (ValueError, binascii.Error, zlib.error) as error:
        raise NoKeptShortlist(
            "The address holds no working shortlist.",
            "Copy the whole address, or load the file that you saved.",
            ("state",),
        ) from error


def to_rows(kept: KeptShortlist) -> list[Row]:
    """One row for each option, for a spreadsheet."""
    return [
        {
            "recipient": kept.recipient,
            "recipient_name": kept.recipient_name,
            "arrangement": option.arrangement,
            "code": option.code,
            "name": option.name,
            "rank_when_kept": option.rank,
            "left_out": " ".join(option.left_out) or None,
            "figures_of": option.as_of,
            "kept_at": option.kept_at,
            "kept_by": option.kept_by or None,
            "ruled_out": option.ruled_out.text if option.ruled_out else None,
            "notes": "\n".join(f"{note.at[:10]} {note.by}: {note.text}" for note in option.notes) or None,
        }
        for option in kept.options
    ]
