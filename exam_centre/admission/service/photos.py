"""A photograph of somebody in doubt, with their consent, for who compares them again."""

from datetime import datetime

from sqlalchemy.orm import Session

from exam_centre.adapters.storage import Storage, clean_photo
from exam_centre.admission.models import DoubtPhoto
from exam_centre.admission.rules import ConsentMissing, DayIsClosed, NotInDoubt, is_in_doubt
from exam_centre.admission.service.rows import row_of
from exam_centre.kernel import audit
from exam_centre.kernel.permissions import Actor, Permission


def photograph(
    session: Session,
    actor: Actor,
    placement_id: int,
    *,
    agreed: bool,
    content: bytes,
    storage: Storage,
    now: datetime,
) -> DoubtPhoto:
    """Keep a photograph of somebody in doubt, or that they were asked and said no.

    agreed   the person was told what the photograph is for, and agreed to it.
    content  the file as it was sent, b"" where they said no; kept as a plain JPEG without what
             cameras hide in a file.
    Raises   NotInDoubt, ConsentMissing (consent and photograph go together), BadPhoto,
             DayIsClosed.
    """
    _, row, place = row_of(session, placement_id)
    if not actor.may(Permission.RUN_ROOM, place):
        actor.require(Permission.CHECK_IN, place)
    if row.day_closed_at is not None:
        raise DayIsClosed
    if not is_in_doubt(row.status, row.identity, row.recheck):
        raise NotInDoubt
    if agreed != bool(content):
        raise ConsentMissing
    photo = DoubtPhoto(
        placement_id=placement_id,
        agreed=agreed,
        file_key=storage.put(clean_photo(content)) if agreed else "",
        taken_by_id=actor.human(),
        taken_at=now,
    )
    session.add(photo)
    act = "admission.doubt_photographed" if agreed else "admission.photograph_declined"
    audit.record(session, actor, act, photo, now)
    return photo
