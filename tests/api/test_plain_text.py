"""Text that is kept shows all that it holds."""

from __future__ import annotations

import pytest

from matchmaker.api.plain_text import plain_text, shown_text, text_fault


@pytest.mark.parametrize(
    "text",
    ["", "Ann O’Neil, Medway", "two\nlines\tand a tab", "Zoë Ó Ceallaigh", "क्‍ष", "👩‍⚕️ agreed", "10 % > 5 %"],
)
def test_what_people_write_is_kept_as_it_is(text: str) -> None:
    assert plain_text(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "bell\x07",
        "terminal \x9b31m",
        "\x1b]0;title\x07",
        "\u202egnidaer sdrawkcab",
        "isolated \u2066text\u2069",
        "soft\u00adhyphen",
        "\ufeffmark",
        "line\u2028separator",
        "private \ue000",
        "lone \ud800",
        "lost \ufffd",
        "\u2800\u2800",
        "\u3164",
        " \u115f\n",
        "\u200d",
    ],
)
def test_what_hides_or_says_nothing_is_refused(text: str) -> None:
    assert text_fault(text)
    with pytest.raises(ValueError, match=r"."):
        plain_text(text)


def test_a_terminal_gets_nothing_that_it_would_act_on() -> None:
    assert shown_text("a\x9b31m\u202eb\nc\x1b]0;t\x07") == "a\ufffd31m\ufffdb\nc\ufffd]0;t\ufffd"
    assert shown_text("Zoë, 👩‍⚕️") == "Zoë, 👩‍⚕️"
