"""Of all assignments with the most total fit, the one whose first recipients have the earliest partners.

Seen as a flow of least cost from recipients over partners to a sink: another assignment is as good where it
differs along cycles of cost 0 in the residual network. With lengths of shortest paths as potentials, every
step of such a cycle has a reduced cost of 0 (Ahuja, Magnanti and Orlin 1993, section 9.3), so that only those
few steps are searched. Fits are whole numbers, so that 0 is exact.
"""

from __future__ import annotations

from collections import deque

import numpy as np

from matchmaker.typing import Floats, Mask, Rows


def earliest(values: Floats, capacity: Rows, ongoing: Mask, partners: Rows) -> Rows:
    """The first in lexicographic order of the assignments with as much value as one that has the most.

    Args:
        values: (r, n) whole numbers; NaN where a pair may not be made.
        capacity: (n,) how many recipients each partner can have.
        ongoing: (r, n) pairs that take up no capacity.
        partners: (r,) of an assignment with the most value; n for none.

    Returns:
        (r,) partners; n for none.
    """
    flow = _Flow(values, capacity, ongoing, partners)
    for recipient in range(len(partners)):
        flow.improve(recipient)
    return flow.partners


class _Flow:
    """An optimal assignment, and the steps by which it could become another one.

    Nodes are recipients from 0, partners from r, and the sink r + n, to which an ongoing pair and having no
    partner lead straight.
    """

    def __init__(self, values: Floats, capacity: Rows, ongoing: Mask, partners: Rows) -> None:
        self.r, self.n = int(values.shape[0]), int(values.shape[1])
        self.sink = self.r + self.n
        self.capacity, self.ongoing = np.maximum(capacity, 0), ongoing
        self.partners = partners.copy()
        self.fixed = np.zeros(self.r, dtype=bool)
        self.used = np.zeros(self.n, dtype=np.intp)
        self.holds: dict[int, set[int]] = {}
        for row, partner in enumerate(partners.tolist()):
            self._take(row, partner)
        rows, to = np.nonzero(~np.isnan(values))
        none = np.arange(self.r)
        rows, to, gain = (
            np.concatenate([rows, none]),
            np.concatenate([to, np.full(self.r, self.n)]),
            np.concatenate([values[rows, to], np.zeros(self.r)]),
        )
        straight = np.column_stack([ongoing, np.ones(self.r, dtype=bool)])
        heads = np.where(straight[rows, to], self.sink, self.r + to)
        potential = self._potentials(rows, heads, gain, partners[rows] == to)
        tight = potential[heads] - potential[rows] == -gain
        self.open = potential[self.r : self.sink] == potential[self.sink]
        self.steps: dict[int, list[int]] = {}
        for row, partner in zip(rows[tight].tolist(), to[tight].tolist(), strict=True):
            self.steps.setdefault(row, []).append(partner)  # in order

    def improve(self, recipient: int) -> None:
        """Give a recipient the earliest partner that costs nothing, and hold it there."""
        own = self.steps.get(recipient, [])
        current = int(self.partners[recipient])
        if current in own:
            for partner in own:
                if partner >= current or self._move(recipient, partner):
                    break
        self.fixed[recipient] = True

    def _potentials(self, rows: Rows, heads: Rows, gain: Floats, used: Mask) -> Floats:
        """(r + n + 1,) lengths of shortest paths in the residual network (Bellman and Ford)."""
        partner = self.r + np.arange(self.n)
        free, taken = partner[self.used < self.capacity], partner[self.used > 0]
        start = np.concatenate([np.where(used, heads, rows), free, np.full(len(taken), self.sink)])
        end = np.concatenate([np.where(used, rows, heads), np.full(len(free), self.sink), taken])
        cost = np.concatenate([np.where(used, gain, -gain), np.zeros(len(free) + len(taken))])
        length = np.zeros(self.sink + 1)
        while True:
            shorter = length.copy()
            np.minimum.at(shorter, end, length[start] + cost)
            if np.array_equal(shorter, length):
                return length
            length = shorter

    def _head(self, row: int, partner: int) -> int:
        straight = partner == self.n or self.ongoing[row, partner]
        return self.sink if straight else self.r + partner

    def _take(self, row: int, partner: int) -> None:
        head = self._head(row, partner)
        self.holds.setdefault(head, set()).add(row)
        if head != self.sink:
            self.used[partner] += 1
        self.partners[row] = partner

    def _leave(self, row: int) -> None:
        head = self._head(row, int(self.partners[row]))
        self.holds[head].remove(row)
        if head != self.sink:
            self.used[head - self.r] -= 1

    def _move(self, recipient: int, partner: int) -> bool:
        """Move a recipient to a partner, and others out of its way, if that costs nothing."""
        start = self._head(recipient, partner)
        came: dict[int, tuple[int, int]] = {start: (-1, -1)}
        queue = deque([start])
        while queue and recipient not in came:
            node = queue.popleft()
            for following, by in self._following(node):
                if following not in came:
                    came[following] = node, by
                    queue.append(following)
        if recipient not in came:
            return False
        moves, node = [(recipient, partner)], recipient
        while node != start:
            before, by = came[node]
            if before < self.r:
                moves.append((before, by))
            node = before
        for row, _ in moves:
            self._leave(row)
        for row, to in moves:
            self._take(row, to)
        return True

    def _following(self, node: int) -> list[tuple[int, int]]:
        """Nodes that a step of reduced cost 0 leads to; from a recipient, with the partner that it takes."""
        if node < self.r:
            current = int(self.partners[node])
            return [(self._head(node, to), to) for to in self.steps.get(node, []) if to != current]
        held = [row for row in sorted(self.holds.get(node, ())) if not self.fixed[row]]
        out = [(row, -1) for row in held if int(self.partners[row]) in self.steps.get(row, [])]
        if node == self.sink:
            out += [(self.r + at, -1) for at in np.flatnonzero(self.open & (self.used > 0)).tolist()]
        elif self.open[node - self.r] and self.used[node - self.r] < self.capacity[node - self.r]:
            out.append((self.sink, -1))
        return out
