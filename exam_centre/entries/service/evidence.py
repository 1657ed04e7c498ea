"""Files that prove a need: checked by content, sealed, and every look at them written down."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePosixPath

from sqlalchemy.orm import Session

from exam_centre.adapters.paperwork import clean_document
from exam_centre.entries.models import AccessArrangement, EvidenceFile
from exam_centre.entries.queries import evidence_of, may_open_evidence, place_of_candidate
from exam_centre.entries.rules import (
    MOST_EVIDENCE_FILES,
    EvidenceClosed,
    RequestStatus,
    TooManyFiles,
)
from exam_centre.kernel import audit
from exam_centre.kernel.permissions import Actor, Permission

LONGEST_NAME = 120  # characters of what people call a file
UNNAMED = "document"


@dataclass(frozen=True)
class SentFile:
    """A file as it was sent."""

    name: str
    content: bytes


@dataclass(frozen=True)
class Sent:
    """Files as they were sent, and what keeps one of them and returns its key."""

    files: Sequence[SentFile]
    keep: Callable[[bytes], str]


def attach_evidence(
    session: Session, actor: Actor, arrangement: AccessArrangement, sent: Sent, *, now: datetime
) -> list[EvidenceFile]:
    """Keep files that prove a need that waits for its decision; returns those that are new.

    Sent by the candidate, or by the office that may decide. The same file twice is one.
    Raises Forbidden, EvidenceClosed, TooManyFiles, BadDocument; then none of them is kept.
    """
    if not may_open_evidence(session, actor, arrangement.candidate_id, arrangement.series_id):
        place = place_of_candidate(session, arrangement.candidate_id, arrangement.series_id)
        actor.require(Permission.APPROVE_ENTRIES, place)
    if arrangement.status is not RequestStatus.REQUESTED:
        raise EvidenceClosed
    known = {row.file_sha256 for row in evidence_of(session, arrangement.id)}
    rows = []
    for file in sent.files:
        clean = clean_document(file.content)
        digest = hashlib.sha256(clean.content).hexdigest()
        if digest in known:
            continue
        if len(known) >= MOST_EVIDENCE_FILES:
            raise TooManyFiles
        known.add(digest)
        rows.append(
            EvidenceFile(
                arrangement_id=arrangement.id,
                kind=clean.kind,
                file_name=_name(file.name),
                file_key=sent.keep(clean.content),
                file_sha256=digest,
                size=len(clean.content),
                added_by_id=actor.human(),
                added_at=now,
            )
        )
    session.add_all(rows)
    audit.record_all(session, actor, "entries.evidence_attached", rows, now)
    return rows


def note_opening(session: Session, actor: Actor, file: EvidenceFile, *, now: datetime) -> None:
    """Write down who opens a file that proves a need, before it is handed out."""
    audit.record(session, actor, "entries.evidence_opened", file, now)


def _name(typed: str) -> str:
    """Return what people call a file, without folders and without signs nobody sees."""
    last = PurePosixPath(typed.replace("\\", "/")).name
    plain = "".join(each for each in last if each.isprintable()).strip(" .")
    return plain[-LONGEST_NAME:] or UNNAMED
