"""What the runner does for admission: issue a series' slips, and print them by venue."""

import json
from pathlib import Path
from typing import Any

from exam_centre.accounts.models import User
from exam_centre.accounts.service import actor_of
from exam_centre.adapters.pdf import Fonts
from exam_centre.adapters.storage import DiskStorage
from exam_centre.admission import documents, queries, service
from exam_centre.admission.documents import Press
from exam_centre.admission.service.issuing import PORTION
from exam_centre.calendar.models import Series
from exam_centre.kernel import clock
from exam_centre.kernel.database import reading, unit_of_work
from exam_centre.kernel.jobs import Progress, job
from exam_centre.kernel.keys import load_ring
from exam_centre.kernel.sentences import say

ISSUE = "admission.issue_slips"
PRINT = "admission.print_slips"
MADE = "made"  # the folder beneath the files where finished prints wait


@job(ISSUE)
def issue_slips(arguments: dict[str, Any], progress: Progress) -> None:
    """Issue every slip of a series that is due, a portion of people at a time.

    arguments  "series" and "user", ids. Again it issues what became due since, and nothing twice.
    """
    series_id = int(arguments["series"])
    with reading() as session:
        actor = actor_of(session, session.get_one(User, int(arguments["user"])))
        due = queries.candidates_to_print(session, actor, series_id, only_due=True)
    progress(0, len(due))
    for start in range(0, len(due), PORTION):
        with unit_of_work() as session:
            series = session.get_one(Series, series_id)
            some = due[start : start + PORTION]
            service.issue_slips(session, actor, series, some, now=clock.now())
        progress(min(start + PORTION, len(due)), len(due))


@job(PRINT)
def print_slips(arguments: dict[str, Any], progress: Progress) -> None:
    """Print slips of a series into one file, for who asked to fetch.

    arguments  "series", "user"; "venue" or "enterprise" to narrow (ids); "file", the print's
               name; "keys", "files", "assets", folders. Printing again makes the same file.
    """
    files = Path(arguments["files"])
    press = Press(
        load_ring(Path(arguments["keys"]), "slip"),
        DiskStorage(files),
        Fonts.from_assets(Path(arguments["assets"])),
    )
    with reading() as session:
        actor = actor_of(session, session.get_one(User, int(arguments["user"])))
        slips = queries.slips_by_first_seat(
            session,
            int(arguments["series"]),
            actor=actor,
            venue_id=arguments.get("venue"),
            enterprise_id=arguments.get("enterprise"),
        )
        title = say("Admission slips").say_in(actor.language)
        made = documents.slips_pdf(session, [each for each, _ in slips], title, press, progress)
    folder = files / MADE
    folder.mkdir(parents=True, exist_ok=True)
    if made.content is not None:
        fresh = folder / f"{arguments['file']}.new"
        fresh.write_bytes(made.content)
        fresh.replace(folder / f"{arguments['file']}.pdf")
    left_out = [
        {"number": s.person_no, "name": s.name, "text": s.sentence.text}
        | {"facts": dict(s.sentence.facts)}
        for s in made.stopped
    ]
    told = {"printed": made.printed, "stopped": left_out}
    (folder / f"{arguments['file']}.json").write_text(json.dumps(told, ensure_ascii=False))
