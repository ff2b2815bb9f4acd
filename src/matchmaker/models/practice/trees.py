"""Reads LightGBM's text model and scores it in numpy, exactly explained; LightGBM itself is not needed.

Small trees ask few questions. All that a tree can say hangs on its answers, so the leaf and the Shapley
value of every input are worked out once for every combination of answers and then looked up.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations
from math import comb

import numpy as np
from numpy.typing import NDArray

from matchmaker.errors import BadFile, Fault
from matchmaker.features.scaling import Floats

DEFAULT_LEFT, MISSING_NAN = 2, 8
"""Bits of LightGBM's decision type: an unknown goes left; the unknown is told apart from 0."""
MOST_QUESTIONS = 8
WHOLE = ("split_feature", "left_child", "right_child", "leaf_count", "internal_count", "decision_type")
"""Fields of a tree that hold whole numbers."""
Leaves = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Tree:
    """One tree of q questions.

    Attributes:
        asks: (q,) the input that each question is about.
        at_most: (q,) the highest value that goes left.
        unknown_left: (q,) whether an unknown goes left.
        leaf: (2 ** q,) the leaf that each combination of answers leads to; bit k is set where the answer
            to question k is left.
        told: (2 ** q, p) how much each input moves the score.
        expected: what the tree says on average over what it was trained on.
    """

    asks: Leaves
    at_most: Floats
    unknown_left: NDArray[np.bool_]
    leaf: Leaves
    told: Floats
    expected: float


@lru_cache(maxsize=64)
def read_trees(text: str) -> tuple[Tree, ...]:
    """The trees of a LightGBM model in its own text form.

    Raises:
        BadFile: it is no such text, or its trees ask about categories or ask too many questions.
    """
    head, *blocks = text.split("\n\nend of trees")[0].split("\nTree=")
    try:
        inputs = int(_fields(head)["max_feature_idx"]) + 1
        return tuple(_tree(_fields(block), inputs) for block in blocks)
    except (KeyError, ValueError, IndexError) as error:
        fault = Fault("LightGBM model", f"LightGBM's text form, small trees of numbers ({error})")
        raise BadFile([fault], "Train it again.") from error


def explained(trees: Sequence[Tree], seen: Floats) -> tuple[float, Floats]:
    """The score of every row, taken apart into what is expected of anyone and what each input adds.

    Args:
        trees: of one model, at least one.
        seen: (m, p) inputs; NaN is unknown.

    Returns:
        The start, and (p, m) contributions: the Shapley values of the inputs, with each tree's training
        data as the background (Lundberg and others 2020, Nature Machine Intelligence 2:56).
    """
    start = 0.0
    out = np.zeros((seen.shape[1], len(seen)))
    for tree in trees:
        start += tree.expected
        answers = _answers(tree, seen)
        for asked in np.unique(tree.asks):
            out[asked] += tree.told[answers, asked]
    return start, out


def leaves(trees: Sequence[Tree], seen: Floats) -> Leaves:
    """(m, t) the leaf that each row falls into, tree by tree."""
    return np.stack([tree.leaf[_answers(tree, seen)] for tree in trees], axis=1)


def _answers(tree: Tree, seen: Floats) -> Leaves:
    """(m,) the combination of answers of each row."""
    out = np.zeros(len(seen), dtype=np.intp)
    for bit, asked in enumerate(tree.asks):
        value = seen[:, asked]
        left = (value <= tree.at_most[bit]) | (np.isnan(value) & tree.unknown_left[bit])
        out |= left.astype(np.intp) << bit
    return out


def _fields(block: str) -> dict[str, str]:
    return dict(line.split("=", 1) for line in block.splitlines() if "=" in line)


def _tree(fields: dict[str, str], inputs: int) -> Tree:
    values = np.array(fields["leaf_value"].split(), dtype=float)
    questions = int(fields["num_leaves"]) - 1
    if questions > MOST_QUESTIONS or fields["num_cat"] != "0":
        raise ValueError(f"{questions} questions, {fields['num_cat']} about categories")
    if not questions:
        nothing = np.zeros(0)
        told = np.zeros((1, inputs))
        return Tree(nothing.astype(int), nothing, nothing.astype(bool), np.zeros(1, int), told, values[0])
    asks, left, right, counts, below, kinds = (
        np.array(fields[name].split(), dtype=np.intp) for name in WHOLE
    )
    at_most = np.array(fields["threshold"].split(), dtype=float)
    # LightGBM takes an unknown for 0 where none was met in training.
    unknown_left = np.where(kinds & MISSING_NAN, (kinds & DEFAULT_LEFT) > 0, at_most >= 0)

    def share(node: int) -> float:
        return float(below[node] if node >= 0 else counts[~node])

    def walk(node: int, answers: int, known: frozenset[int]) -> tuple[float, int]:
        """What is expected if only some inputs are known, and the leaf if all are."""
        if node < 0:
            return float(values[~node]), ~node
        ways = (int(left[node]), int(right[node]))
        if int(asks[node]) in known:
            return walk(ways[0] if answers >> node & 1 else ways[1], answers, known)
        (one, leaf), (other, _) = (walk(way, answers, known) for way in ways)
        part = share(ways[0]) / (share(ways[0]) + share(ways[1]))
        return part * one + (1 - part) * other, leaf

    asked = frozenset(asks.tolist())
    told = np.zeros((2**questions, inputs))
    leaf = np.zeros(2**questions, dtype=np.intp)
    for answers in range(2**questions):
        expected = {some: walk(0, answers, some)[0] for some in _sets(asked)}
        leaf[answers] = walk(0, answers, asked)[1]
        for one in asked:
            for others in _sets(asked - {one}):
                gain = expected[others | {one}] - expected[others]
                told[answers, one] += gain / (len(asked) * comb(len(asked) - 1, len(others)))
    return Tree(asks, at_most, unknown_left, leaf, told, walk(0, 0, frozenset())[0])


def _sets(of: frozenset[int]) -> list[frozenset[int]]:
    """Every set that can be made of some inputs."""
    return [frozenset(some) for size in range(len(of) + 1) for some in combinations(sorted(of), size)]
