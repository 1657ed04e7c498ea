"""A period of its own for every paper of a person, kept up while papers change theirs."""

from exam_centre.solver.engine.arrays import Ints
from exam_centre.solver.engine.compiled import inner
from exam_centre.solver.park.agenda import MARK, MISSED, QUEUE, SEEN, TAKER, VIA, Agenda
from exam_centre.solver.park.tables import FIRST, KIN_FROM, KIN_TO, PAPER, Tables

MARKS, WRITTEN = range(2)  # of Agenda.stamp


@inner
def rematch(t: Tables, g: Agenda, paper: int, changed: Ints, changes: int) -> None:
    """Find own periods anew for the people to whom the changed periods of a paper matter.

    What they had before is written down.
    """
    g.stamp[WRITTEN] = 0
    for k in range(t.paper[paper, FIRST], t.paper[paper + 1, FIRST]):
        entry = t.paper_entries[k]
        concerned = False
        for c in range(changes):
            concerned |= t.may[entry, changed[c]]
        if not concerned:
            continue
        if g.own[entry] >= 0 and g.own[entry] not in g.slots[paper, : g.held[paper]]:
            _write(t, g, entry, -1)
        kin = t.entry[entry, KIN_FROM]
        for other in range(kin, t.entry[entry, KIN_TO]):
            if g.missed[kin] == 0:
                break
            if g.own[other] < 0:
                _augment(t, g, other)


@inner
def recall(t: Tables, g: Agenda) -> None:
    """Give everybody the period they had before the last `rematch`."""
    for k in range(g.stamp[WRITTEN] - 1, -1, -1):
        _own(t, g, g.journal[k, 0], g.journal[k, 1])
    g.stamp[WRITTEN] = 0


@inner
def _write(t: Tables, g: Agenda, entry: int, period: int) -> None:
    row = g.journal[g.stamp[WRITTEN]]
    row[0], row[1] = entry, g.own[entry]
    g.stamp[WRITTEN] += 1
    _own(t, g, entry, period)


@inner
def _own(t: Tables, g: Agenda, entry: int, period: int) -> None:
    more = (g.own[entry] >= 0) - (period >= 0)
    g.missed[t.entry[entry, KIN_FROM]] += more
    g.sums[MISSED] += more
    g.own[entry] = period


@inner
def _augment(t: Tables, g: Agenda, entry: int) -> None:
    """Find a period for an entry that has none, where a chain of moves opens one.

    Source  H. W. Kuhn, "The Hungarian method for the assignment problem", Naval Research
            Logistics Quarterly 2, 1955, 83-97: matching by augmenting paths.
    """
    g.stamp[MARKS] += 1
    for other in range(t.entry[entry, KIN_FROM], t.entry[entry, KIN_TO]):
        if g.own[other] >= 0:
            g.scratch[TAKER, g.own[other]] = other
            g.scratch[MARK, g.own[other]] = g.stamp[MARKS]
    found = _free_period(t, g, entry)
    while found >= 0:
        mover = g.scratch[VIA, found]
        left = g.own[mover]
        _write(t, g, mover, found)
        found = left


@inner
def _free_period(t: Tables, g: Agenda, entry: int) -> int:
    """Return a free period that a chain of moves would open to an entry, -1 if there is none."""
    stamp = g.stamp[MARKS]
    queue, head, tail = g.scratch[QUEUE], 0, 1
    queue[0] = entry
    while head < tail:
        mover = queue[head]
        head += 1
        paper = t.entry[mover, PAPER]
        for k in range(g.held[paper]):
            p = g.slots[paper, k]
            if not t.may[mover, p] or g.scratch[SEEN, p] == stamp:
                continue
            g.scratch[SEEN, p] = stamp
            g.scratch[VIA, p] = mover
            if g.scratch[MARK, p] < stamp:
                return int(p)
            queue[tail] = g.scratch[TAKER, p]
            tail += 1
    return -1
