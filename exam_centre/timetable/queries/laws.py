"""The first conservation law: every confirmed entry is placed, or listed with a reason."""

from collections.abc import Sequence

from sqlalchemy import Select, case, exists, func, literal, select
from sqlalchemy.orm import Session

from exam_centre.entries.models import Candidate, Entry
from exam_centre.entries.rules import EntryStatus
from exam_centre.kernel.laws import Law, Row
from exam_centre.kernel.sentences import say
from exam_centre.papers.models import Paper
from exam_centre.papers.rules import SEATED
from exam_centre.timetable.models import HeldOver, Placement, Plan, Unplaced, Vacated
from exam_centre.timetable.queries.standing import standing, versions

SHOWN_ROWS = 50  # of those that break the law; the counts are of all


def law_entries(session: Session, plan: Plan) -> Law:
    """Return law 1 for what holds once `plan` is in force.

    A repair counts with the versions it builds on. An entry that is placed twice, or placed and
    listed as unplaced by the same version, breaks the law though it is accounted for.
    """
    told = _told(versions(session, plan), plan.series_id).subquery()
    counting = select(told.c.kind, func.count()).select_from(told).group_by(told.c.kind)
    counts: dict[str, int] = dict(session.execute(counting).all())
    accounted = sum(counts.get(k, 0) for k in ("placed", "held_over", "no_seat", "unplaced"))
    broken = session.execute(
        select(told.c.entry_id, told.c.kind, Candidate.person_no, Paper.code)
        .join(Entry, Entry.id == told.c.entry_id)
        .join(Candidate, Candidate.id == Entry.candidate_id)
        .join(Paper, Paper.id == Entry.paper_id)
        .where(told.c.kind.in_(["missing", "twice"]))
        .order_by(told.c.entry_id)
        .limit(SHOWN_ROWS)
    )
    return Law(
        name="entries_are_placed_or_listed",
        left_text=say("Confirmed entries"),
        right_text=say("Placed, held over, without need of a seat, or listed with a reason"),
        left=sum(counts.values()),
        right=accounted,
        rows=tuple(_row(*line) for line in broken),
    )


def _told(plan_ids: Sequence[int], series_id: int) -> Select[int, str]:
    """Select (entry id, what the plan says of it) for every confirmed entry of the series."""
    seats = (
        select(func.count())
        .select_from(Placement)
        .where(standing(plan_ids), Placement.entry_id == Entry.id)
        .correlate(Entry)
        .scalar_subquery()
    )
    held = exists().where(
        HeldOver.second_entry_id == Entry.id,
        HeldOver.plan_id == Placement.plan_id,
        Placement.entry_id == Entry.id,
        standing(plan_ids),
    )
    # A reason given by an earlier version says nothing about a seat that a later one took away.
    taken_later = (
        exists()
        .where(Vacated.placement_id == Placement.id, Vacated.plan_id.in_(plan_ids))
        .where(Placement.entry_id == Entry.id, Vacated.plan_id > Unplaced.plan_id)
        .correlate(Entry, Unplaced)
    )
    listed = exists().where(
        Unplaced.entry_id == Entry.id, Unplaced.plan_id.in_(plan_ids), ~taken_later
    )
    both = exists().where(
        Unplaced.entry_id == Entry.id,
        Unplaced.plan_id == Placement.plan_id,
        Placement.entry_id == Entry.id,
        standing(plan_ids),
    )
    kind = case(
        (Paper.mode.not_in(SEATED), literal("no_seat")),
        (seats > 1, literal("twice")),
        (both, literal("twice")),
        (held, literal("held_over")),
        (seats == 1, literal("placed")),
        (listed, literal("unplaced")),
        else_=literal("missing"),
    )
    return (
        select(Entry.id.label("entry_id"), kind.label("kind"))
        .join(Paper, Paper.id == Entry.paper_id)
        .where(Entry.series_id == series_id, Entry.status == EntryStatus.CONFIRMED)
    )


def _row(entry_id: int, kind: str, person_no: str, paper: str) -> Row:
    sentence = (
        say("{person_no}, paper {paper}: placed twice.", person_no=person_no, paper=paper)
        if kind == "twice"
        else say(
            "{person_no}, paper {paper}: neither a seat nor a reason.",
            person_no=person_no,
            paper=paper,
        )
    )
    return Row(f"entries:{entry_id}", sentence)
