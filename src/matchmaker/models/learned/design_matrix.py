"""Design matrices: pair features as a model sees them, and past choices stacked as training data."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from matchmaker.cache import cached
from matchmaker.errors import InvalidParameter
from matchmaker.features.profiles import Profiles
from matchmaker.models.learned.choice_set import ChoiceSituation
from matchmaker.models.learned.pair_features import (
    PairFeature,
    comparable_candidates,
    pair_features,
    pair_values,
)
from matchmaker.typing import Floats, Rows


def centre_within_set(
    inputs: Sequence[PairFeature], values: Floats, profiles: Profiles, recipients: Rows
) -> Floats:
    """(p, r, n) what a model sees: transformed, less the median of those the recipient could join with.

    Only published candidates set the median. 0 is then a middling candidate, and an unknown one, counted as
    0, is spoken neither for nor against.
    """
    both = zip(inputs, values, strict=True)
    published = profiles.reference_rows >= 0
    design = np.stack([one.transformed(column) for one, column in both])
    could = np.array([comparable_candidates(profiles, row) for row in recipients.tolist()])
    others = could & published
    ordered = np.sort(np.where(others, design, np.nan), axis=2)  # unknown last
    known = np.count_nonzero(~np.isnan(ordered), axis=2, keepdims=True)
    below, above = np.maximum(known - 1, 0) // 2, known // 2
    median = (np.take_along_axis(ordered, below, axis=2) + np.take_along_axis(ordered, above, axis=2)) / 2
    return design - np.where(known > 0, median, 0.0)


@cached
def design_matrix(profiles: Profiles, recipient: int) -> Floats:
    """(n, p) what a model sees of all candidates of one recipient; cached for training again and again."""
    row, inputs = np.array([recipient]), pair_features(profiles.sector)
    return centre_within_set(inputs, pair_values(inputs, profiles, row), profiles, row)[:, 0].T


def candidate_design(choice: ChoiceSituation) -> Floats:
    """(m, p) `design_matrix` of the eligible candidates of a choice."""
    return design_matrix(choice.profiles, choice.row)[choice.candidates]


def stack_choice_sets(
    choices: Sequence[ChoiceSituation],
) -> tuple[Floats, NDArray[np.intp], NDArray[np.intp]]:
    """Choices as training data: the eligible candidates of each, one set below the other.

    Args:
        choices: those whose partner was not eligible are left out.

    Returns:
        (m, p) inputs, (m,) 1 for the chosen, and (m,) the choice set of each row.

    Raises:
        InvalidParameter: nothing is left to learn from.
    """
    usable = [one for one in choices if one.chosen is not None]
    if not usable:
        raise InvalidParameter("There is no past choice to learn from.", "Give pairings of another kind.")
    design = [one.figures(candidate_design) for one in usable]
    chosen = [(one.candidates == one.chosen).astype(np.intp) for one in usable]
    return np.vstack(design), np.concatenate(chosen), np.repeat(np.arange(len(usable)), [*map(len, design)])


def mean_abs_contribution(contributions: Floats) -> tuple[float, ...]:
    """(p,) how much each input moves a score on average; all 1 where none does.

    Args:
        contributions: (m, p); NaN where the input is unknown.
    """
    known = np.count_nonzero(~np.isnan(contributions), axis=0)
    total = np.nansum(np.abs(contributions), axis=0)
    size = np.divide(total, known, out=np.zeros_like(total), where=known > 0)
    return tuple((size if size.any() else np.ones_like(size)).tolist())
