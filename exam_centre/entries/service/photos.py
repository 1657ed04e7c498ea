"""Candidates' photos out of an archive: made safe, kept by their content, only with consent."""

import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from io import BytesIO
from pathlib import PurePosixPath

from sqlalchemy.orm import Session

from exam_centre.adapters.spreadsheets import DamagedFile
from exam_centre.adapters.storage import LARGEST_PHOTO, BadPhoto, Storage, clean_photo
from exam_centre.entries.models import Candidate
from exam_centre.entries.queries import candidates_in_reach
from exam_centre.kernel import audit
from exam_centre.kernel.permissions import Actor, Permission
from exam_centre.kernel.sentences import Sentence, say

MOST_PHOTOS = 50_000  # in one archive
ENCRYPTED = 0x1


@dataclass
class PhotoReport:
    """What became of an archive: how many photos are kept, and why others are not."""

    kept: int = 0
    same: int = 0
    wrong: list[tuple[str, Sentence]] = field(default_factory=list)  # file name, reason


def attach_photos(
    session: Session,
    actor: Actor,
    archive: bytes,
    storage: Storage,
    *,
    now: datetime,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> PhotoReport:
    """Keep the photos of an archive, each named by the student number, e.g. 2632000001.jpg.

    A photo that can not be used is listed with its reason and leaves the others alone; sending
    the archive again changes nothing. Raises DamagedFile for what is no archive.
    """
    actor.require(Permission.ENTER_CANDIDATES)
    report = PhotoReport()
    changed: list[Candidate] = []
    try:
        with zipfile.ZipFile(BytesIO(archive)) as photos:
            files = [each for each in photos.infolist() if not each.is_dir()]
            if len(files) > MOST_PHOTOS:
                raise DamagedFile(say("The archive has more than {most} files.", most=MOST_PHOTOS))
            numbers = [_number_in(each.filename) for each in files]
            known = candidates_in_reach(session, actor, Permission.ENTER_CANDIDATES, numbers)
            for done, (each, number) in enumerate(zip(files, numbers, strict=True), 1):
                try:
                    candidate = _consenting(known.get(number))
                    key = storage.put(clean_photo(_content(photos, each)))
                except BadPhoto as refusal:
                    report.wrong.append((each.filename, refusal.sentence))
                    continue
                finally:
                    progress(done, len(files))
                if candidate.photo_key == key:
                    report.same += 1
                    continue
                candidate.photo_key = key
                report.kept += 1
                changed.append(candidate)
    except (zipfile.BadZipFile, NotImplementedError) as error:
        raise DamagedFile(say("The archive is cut off or damaged.")) from error
    audit.record_all(session, actor, "entries.photo_kept", changed, now)
    return report


class PhotoOfNobody(BadPhoto):
    """A photo that belongs to nobody here, or to somebody who has not agreed to it."""

    def __init__(self, sentence: Sentence) -> None:
        super().__init__(sentence)
        self.sentence = sentence  # not about the file, so nothing about formats is said


def _consenting(candidate: Candidate | None) -> Candidate:
    if candidate is None:
        raise PhotoOfNobody(
            say("No candidate has this number. Name the file by the student number.")
        )
    if candidate.consented_on is None:
        raise PhotoOfNobody(say("The candidate has not agreed to a photo. Ask them to."))
    return candidate


def _content(photos: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    """Return a file's bytes, one more than allowed at most, whatever size its entry claims."""
    if entry.flag_bits & ENCRYPTED:
        raise BadPhoto(say("The file is protected by a password."))
    try:
        with photos.open(entry) as file:
            return file.read(LARGEST_PHOTO + 1)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError) as error:
        raise BadPhoto(say("The photo is cut off or damaged.")) from error


def _number_in(file_name: str) -> str:
    return PurePosixPath(file_name.replace("\\", "/")).stem.strip().upper()
