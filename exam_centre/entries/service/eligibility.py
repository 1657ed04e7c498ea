"""Whether entries may be confirmed: every rule judged, every verdict kept."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from exam_centre.calendar.models import Series
from exam_centre.entries.models import EligibilityFinding, Entry
from exam_centre.entries.queries import (
    eligibility_facts,
    entries_in_reach,
    findings_of,
    place_of_candidate,
)
from exam_centre.entries.rules import (
    ASSESSABLE,
    EligibilityVerdict,
    EntryStatus,
    judge_eligibility,
)
from exam_centre.kernel import audit
from exam_centre.kernel.database import pieces
from exam_centre.kernel.permissions import Actor, Permission

Judged = tuple[Entry, Sequence[EligibilityVerdict]]


def assess(
    session: Session, actor: Actor, entry: Entry, *, now: datetime
) -> list[EligibilityFinding]:
    """Judge an entry by every rule, keep what was found, and move it to where that puts it.

    Returns one finding a rule, those that pass too; judging again rewrites them.
    Raises  IllegalMove for an entry that is confirmed, barred or no longer live.
    """
    place = place_of_candidate(session, entry.candidate_id, entry.series_id)
    actor.require(Permission.ENTER_CANDIDATES, place)
    series = session.get_one(Series, entry.series_id)
    [(_, facts)] = eligibility_facts(session, series, Entry.id == entry.id)
    _keep(session, actor, [(entry, judge_eligibility(facts))], now)
    return findings_of(session, entry.id)


def assess_all(
    session: Session,
    actor: Actor,
    series: Series,
    *,
    among: Sequence[int] | None = None,
    now: datetime,
) -> Counter[EntryStatus]:
    """Judge every entry of a series that waits for it, among those whom the actor may enter.

    Entries judged before are judged again; one trail row an entry.
    among    entry ids, for a part of them; None: all.
    Returns  {status: how many are there now}.
    """
    actor.require(Permission.ENTER_CANDIDATES)
    wanted = entries_in_reach(actor, series, ASSESSABLE)
    if among is not None:
        wanted &= Entry.id.in_(among)
    judged: list[Judged] = [
        (entry, judge_eligibility(facts))
        for entry, facts in eligibility_facts(session, series, wanted)
    ]
    _keep(session, actor, judged, now)
    return Counter(entry.status for entry, _ in judged)


def _keep(session: Session, actor: Actor, judged: Sequence[Judged], now: datetime) -> None:
    by_reason: dict[str, list[Entry]] = {}
    for entry, verdicts in judged:
        broken = ", ".join(verdict.rule for verdict in verdicts if not verdict.passes)
        status = EntryStatus.INELIGIBLE if broken else EntryStatus.ELIGIBLE
        if entry.status not in ASSESSABLE or entry.status is not status:
            entry.move_to(status)
        by_reason.setdefault(broken, []).append(entry)
    _keep_findings(session, judged, now)
    for reason, entries in by_reason.items():
        audit.record_all(session, actor, "entries.assessed", entries, now, reason=reason)


def _keep_findings(session: Session, judged: Sequence[Judged], now: datetime) -> None:
    """Rewrite what was found before, and add what is found for the first time."""
    known = {
        (finding.entry_id, finding.rule): finding
        for piece in pieces(entry.id for entry, _ in judged)
        for finding in session.scalars(
            select(EligibilityFinding).where(EligibilityFinding.entry_id.in_(piece))
        )
    }
    new = []
    for entry, verdicts in judged:
        for verdict in verdicts:
            found = {
                "passes": verdict.passes,
                "text": verdict.sentence.text,
                "facts": dict(verdict.sentence.facts),
                "found_at": now,
            }
            finding = known.get((entry.id, verdict.rule))
            if finding is None:
                new.append(found | {"entry_id": entry.id, "rule": verdict.rule})
                continue
            for name, value in found.items():
                setattr(finding, name, value)
    if new:
        # Six findings an entry: through the session they would cost more than all else together.
        session.execute(insert(EligibilityFinding), new)
