"""How names are compared: in which words two spellings of one name agree, and whose name one is."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import cache

import polars as pl

from matchmaker.sector import Sector

OFFICIAL, FORMER, ABBREVIATION, OTHER = "official", "former", "abbreviation", "other"
KINDS = (OFFICIAL, FORMER, ABBREVIATION, OTHER)
"""Kinds of name, in the order in which they are believed where two organisations have one name."""
_APOSTROPHES = re.compile(r"['’‘ʼʹ´`′＇]")
_POSSESSIVE = re.compile(rf"(?<=s){_APOSTROPHES.pattern}s\b")
_SPECIAL = r"[^\x20-\x7e]|[.'`]"
"""What makes a name one of those that are looked at letter by letter."""
_DOTTED = re.compile(r"\b(?:[a-z]\.){2,}(?:[a-z]\b)?|\b[a-z](?:\.[a-z])+\b")


def name_words(name: str, sector: Sector) -> list[str]:
    """The words of a name without case, accents, apostrophes and other symbols, in the sector's spelling.

    `B.B.C.` is one word, `&` is `and`, `James's` is `James`, and what `words.synonyms` lists is replaced.
    """
    text = name.casefold()
    if not name.isascii():  # most are, and there are thousands
        text = unicodedata.normalize("NFKD", name).casefold()
        text = "".join(letter for letter in text if not unicodedata.combining(letter))
    text = _APOSTROPHES.sub("", _POSSESSIVE.sub("", text))
    if "." in text:
        text = _DOTTED.sub(lambda dotted: dotted[0].replace(".", ""), text)
    text = re.sub(r"[^a-z0-9]+", " ", text.replace("&", " and ").replace("+", " and ")).strip()
    synonyms = sector.words.synonyms
    if synonyms:
        text = _any_of(tuple(synonyms)).sub(lambda found: synonyms[found[0]], text)
    return text.split()


def whole_names(names: Sequence[str], sector: Sector) -> list[str]:
    """`name_words` of many names, each joined by spaces: those in plain letters all at once."""
    text = pl.Series(names, dtype=pl.String).str.to_lowercase()
    plain = text.str.replace_all(r"[&+]", " and ").str.replace_all(r"[^a-z0-9]+", " ").str.strip_chars(" ")
    special = text.str.contains(_SPECIAL)
    if sector.words.synonyms:
        special |= plain.str.contains(_any_of(tuple(sector.words.synonyms)).pattern)
    found: list[str] = plain.to_list()
    for at in special.arg_true():
        found[at] = " ".join(name_words(names[at], sector))
    return found


def plain_name(name: str, sector: Sector) -> str:
    """A name as `name_words` gives it, without the words that most names of the sector hold."""
    return without_noise(name_words(name, sector), sector)


def without_noise(words: list[str], sector: Sector) -> str:
    """Words as `name_words` gives them, without those that most names of the sector hold."""
    noise = sector.words.noise
    return " ".join([word for word in words if word not in noise])


def singular(words: str) -> str:
    """Plain words, each without the s of a plural or a possessive: `boards`, `fishers`."""
    return " ".join(
        word[:-1] if len(word) > 3 and word[-1] == "s" != word[-2] else word for word in words.split()
    )


def names_to_codes(organisations: pl.DataFrame, names: pl.DataFrame, sector: Sector) -> dict[str, str]:
    """Plain name -> code, for files with names only.

    An official name counts before every other, and of two official ones that of an organisation that is
    open. A name that is still that of several organisations is left out, whatever the order of the rows.
    """
    if "kind" not in names.columns:  # a snapshot of an older version
        names = names.with_columns(kind=pl.lit(OTHER))
    order = {kind: 2 * at for at, kind in enumerate(KINDS)}
    official = organisations.select("code", "name", rank=pl.col("closed").is_not_null().cast(pl.Int64))
    kind = pl.col("kind").cast(pl.String).replace_strict(order, default=2 * len(order), return_dtype=pl.Int64)
    plain = pl.col("name").map_elements(lambda name: plain_name(name, sector), pl.String)
    rows = pl.concat([official, names.select("code", "name", rank=kind)]).with_columns(plain)
    first = rows.filter(pl.col("name") != "", pl.col("rank") == pl.col("rank").min().over("name"))
    found = first.group_by("name").agg(pl.col("code").unique())
    return dict(found.filter(pl.col("code").list.len() == 1).explode("code").iter_rows())


@cache
def _any_of(phrases: tuple[str, ...]) -> re.Pattern[str]:
    # The longest first, so that a phrase is replaced before one of its words.
    longest_first = sorted(phrases, key=lambda phrase: (-len(phrase), phrase))
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, longest_first))})\b")
