"""Whether an entry may be confirmed: every rule judged, every verdict kept."""

from datetime import datetime

from sqlalchemy.orm import Session

from exam_centre.calendar.models import Series
from exam_centre.entries.models import Candidate, EligibilityFinding, Entry
from exam_centre.entries.queries import findings_of, is_barred, lines_of, place_of_candidate
from exam_centre.entries.rules import (
    ASSESSABLE,
    EligibilityFacts,
    EntryStatus,
    judge_eligibility,
)
from exam_centre.kernel import audit
from exam_centre.kernel.permissions import Actor, Permission
from exam_centre.organisation.queries import place_of_unit
from exam_centre.papers.models import Course, Paper
from exam_centre.papers.queries import schemes_of
from exam_centre.papers.rules import SEATED


def assess(
    session: Session, actor: Actor, entry: Entry, *, now: datetime
) -> list[EligibilityFinding]:
    """Judge an entry by every rule, keep what was found, and move it to where that puts it.

    Returns one finding a rule, those that pass too; judging again rewrites them.
    Raises  IllegalMove for an entry that is confirmed, barred or no longer live.
    """
    place = place_of_candidate(session, entry.candidate_id, entry.series_id)
    actor.require(Permission.ENTER_CANDIDATES, place)
    verdicts = judge_eligibility(_facts(session, entry))
    fits = all(verdict.passes for verdict in verdicts)
    status = EntryStatus.ELIGIBLE if fits else EntryStatus.INELIGIBLE
    if entry.status not in ASSESSABLE or entry.status is not status:
        entry.move_to(status)
    known = {finding.rule: finding for finding in findings_of(session, entry.id)}
    for verdict in verdicts:
        finding = known.get(verdict.rule)
        if finding is None:
            finding = EligibilityFinding(entry_id=entry.id, rule=verdict.rule)
            session.add(finding)
        finding.passes = verdict.passes
        finding.text, finding.facts = verdict.sentence.text, dict(verdict.sentence.facts)
        finding.found_at = now
    broken = [verdict.rule for verdict in verdicts if not verdict.passes]
    audit.record(session, actor, "entries.assessed", entry, now, reason=", ".join(broken))
    return findings_of(session, entry.id)


def _facts(session: Session, entry: Entry) -> EligibilityFacts:
    candidate = session.get_one(Candidate, entry.candidate_id)
    paper = session.get_one(Paper, entry.paper_id)
    series = session.get_one(Series, entry.series_id)
    lines = lines_of(session, [entry.id]).get(entry.id, [])
    courses = [session.get_one(Course, line.course_id) for line in lines]
    runs = place_of_unit(session, series.unit_id).unit_path
    return EligibilityFacts(
        unit_takes_part=place_of_unit(session, candidate.unit_id).unit_path.startswith(runs),
        consented_on=candidate.consented_on,
        has_scheme=paper.id in schemes_of(session, [paper.id]),
        is_sat=paper.mode in SEATED,
        minutes=paper.minutes,
        foreign_courses=tuple(c.code for c in courses if c.paper_id != paper.id),
        has_courses=bool(courses),
        barred=is_barred(session, candidate.person_id, series.id),
    )
