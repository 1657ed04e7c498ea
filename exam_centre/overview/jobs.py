"""What the runner does for auditors: verify the trail."""

from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from exam_centre.accounts.models import User
from exam_centre.accounts.service import actor_of
from exam_centre.kernel import clock
from exam_centre.kernel.database import in_unit_of_work, reading
from exam_centre.kernel.jobs import Progress, job
from exam_centre.kernel.keys import load_ring
from exam_centre.overview import queries, service

VERIFY = "overview.verify_trail"
AUDIT_KEYS = "audit"  # the purpose of the key that signs the days


@job(VERIFY)
def verify_trail(arguments: dict[str, Any], progress: Progress) -> None:
    """Read the whole trail and note in it what is wrong.

    arguments  "user", an id; "check", the name of this verification; "keys", a folder. Again it
               reads the trail again and notes that too.
    """
    ring = load_ring(Path(arguments["keys"]), AUDIT_KEYS)
    with reading() as session:
        service.of_one_moment(session)
        report = service.check_trail(session, ring, progress)

    def note(session: Session) -> None:
        row = queries.check_called(session, VERIFY, arguments["check"])
        actor = actor_of(session, session.get_one(User, int(arguments["user"])))
        service.note_check(session, actor, row, report, clock.now())

    in_unit_of_work(note)
    progress(report.rows, report.rows)
