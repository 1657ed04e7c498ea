"""What the credit bank's files are made of: the passes in reach that count, and past files."""

from collections.abc import Iterable, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session, defer

from exam_centre.accounts.models import Person
from exam_centre.calendar.models import Series
from exam_centre.certificates.models import Credential
from exam_centre.certificates.queries import facts_of
from exam_centre.credits.models import CreditExport
from exam_centre.credits.queries.chunks import chunks
from exam_centre.credits.queries.passes import best_passes
from exam_centre.credits.rules import SAME, Award, Codes, TargetCourse, Topic
from exam_centre.entries.models import Candidate, Entry, EntryCourse
from exam_centre.kernel.errors import NotFound
from exam_centre.kernel.permissions import Actor, Permission, within
from exam_centre.kernel.sentences import say
from exam_centre.organisation.models import Unit
from exam_centre.papers.models import Course
from exam_centre.papers.queries import courses_with_codes
from exam_centre.results.models import Outcome

MOST_EXPORTS = 60  # on the page; older ones are reached by their address


def passes_to_export(session: Session, actor: Actor, series_id: int) -> list[int]:
    """Return the outcomes of a series that go into a file, by student number and course.

    Passes alone, the best attempt of each course, exemptions left out, within the actor's reach.
    """
    best = best_passes()
    return list(
        session.scalars(
            select(Outcome.id)
            .join(best, best.c.outcome_id == Outcome.id)
            .join(EntryCourse, EntryCourse.id == Outcome.entry_course_id)
            .join(Entry, Entry.id == EntryCourse.entry_id)
            .join(Course, Course.id == EntryCourse.course_id)
            .join(Candidate, Candidate.id == Entry.candidate_id)
            .join(Unit, Unit.id == Candidate.unit_id)
            .where(
                Outcome.series_id == series_id,
                within(
                    actor,
                    (Permission.RUN_CREDITS,),
                    unit_path=Unit.path,
                    series_id=Outcome.series_id,
                ),
            )
            .order_by(Candidate.person_no, Course.code)
        )
    )


def awards_of(session: Session, outcome_ids: Sequence[int]) -> list[Award]:
    """Return what the files say of these outcomes, in their order."""
    facts = facts_of(session, outcome_ids)
    credentials = {
        credential.outcome_id: credential
        for chunk in chunks(outcome_ids)
        for credential in session.scalars(
            select(Credential).where(Credential.outcome_id.in_(chunk))
        )
    }
    documents = {
        row.id: row.id_type
        for chunk in chunks(each.person_id for each in facts.values())
        for row in session.execute(select(Person.id, Person.id_type).where(Person.id.in_(chunk)))
    }
    awards = []
    for key in outcome_ids:
        about, credential = facts[key], credentials.get(key)
        assert about.released_at is not None, "only what was released is exported"
        awards.append(
            Award(
                facts=about,
                id_type=documents[about.person_id],
                awarded_at=credential.awarded_at if credential else about.released_at,
                credential=credential.status if credential else None,
            )
        )
    return awards


def catalogue_for(session: Session, codes: Codes, own: Iterable[str]) -> dict[str, TargetCourse]:
    """Return our courses that credits are converted into, by code.

    own  codes of the courses passed, which may count as themselves.
    """
    targets = {theirs for (topic, _), theirs in codes.items() if topic == Topic.TARGET_COURSE}
    wanted = (targets - {SAME}) | set(own)
    return {
        course.code: TargetCourse(course.name, course.level, course.credits)
        for course in courses_with_codes(session, wanted)
    }


def people_with(session: Session, person_ids: Iterable[int]) -> list[Person]:
    """Return these people by id."""
    return [
        person
        for chunk in chunks(person_ids)
        for person in session.scalars(
            select(Person).where(Person.id.in_(chunk)).order_by(Person.id)
        )
    ]


def exports_of(session: Session, actor: Actor) -> list[tuple[CreditExport, Series]]:
    """Return the files somebody asked for, the newest first, without who is missing in them."""
    rows = session.execute(
        select(CreditExport, Series)
        .join(Series, Series.id == CreditExport.series_id)
        .where(CreditExport.by_id == actor.human())
        .order_by(CreditExport.id.desc())
        .limit(MOST_EXPORTS)
        .options(defer(CreditExport.obstacles))
    )
    return [(row.CreditExport, row.Series) for row in rows]


def access_export(session: Session, actor: Actor, token: str) -> CreditExport:
    """Return a file that the actor asked for: what is in it follows from their reach alone."""
    found = session.scalar(
        select(CreditExport).where(CreditExport.token == token, CreditExport.by_id == actor.human())
    )
    if found is None:
        raise NotFound(say("export"))
    return found
