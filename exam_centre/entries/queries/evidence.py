"""Files that prove a need, for those who decide about it and for the person alone."""

from sqlalchemy import false, or_, select
from sqlalchemy.orm import Session

from exam_centre.entries.models import AccessArrangement, Candidate, EvidenceFile
from exam_centre.entries.queries.candidates import person_of_candidate, place_of_candidate
from exam_centre.kernel.errors import NotFound
from exam_centre.kernel.permissions import Actor, Permission, within
from exam_centre.kernel.sentences import say
from exam_centre.organisation.models import Unit


def access_evidence(session: Session, actor: Actor, token: str) -> EvidenceFile:
    """Return a file one may open: as its person, or as who decides there. Raises NotFound.

    Who only enters candidates does not see it, even where they asked: an employer's liaison has
    no business with a hospital's letter.
    """
    own = false() if actor.person_id is None else Candidate.person_id == actor.person_id
    decides = within(
        actor,
        [Permission.APPROVE_ENTRIES],
        unit_path=Unit.path,
        series_id=AccessArrangement.series_id,
    )
    found = session.scalar(
        select(EvidenceFile)
        .join(AccessArrangement, AccessArrangement.id == EvidenceFile.arrangement_id)
        .join(Candidate, Candidate.id == AccessArrangement.candidate_id)
        .join(Unit, Unit.id == Candidate.unit_id)
        .where(EvidenceFile.token == token, or_(own, decides))
    )
    if found is None:
        raise NotFound(say("file"))
    return found


def may_open_evidence(
    session: Session, actor: Actor, candidate_id: int, series_id: int | None
) -> bool:
    """Say whether somebody may add and open what proves this candidate's needs."""
    if person_of_candidate(session, candidate_id) == actor.person_id:
        return True
    place = place_of_candidate(session, candidate_id, series_id)
    return actor.may(Permission.APPROVE_ENTRIES, place)


def evidence_of(session: Session, arrangement_id: int) -> list[EvidenceFile]:
    """Return the files of an arrangement, oldest first; who may open them is asked apart."""
    wanted = select(EvidenceFile).where(EvidenceFile.arrangement_id == arrangement_id)
    return list(session.scalars(wanted.order_by(EvidenceFile.id)))
