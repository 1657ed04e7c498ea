"""What the runner does for results: compute a whole series, a portion at a time."""

from typing import Any

from exam_centre.accounts.models import User
from exam_centre.accounts.service import actor_of
from exam_centre.calendar.models import Series
from exam_centre.entries.models import EntryCourse
from exam_centre.kernel import clock
from exam_centre.kernel.database import reading, unit_of_work
from exam_centre.kernel.jobs import Progress, job
from exam_centre.results import queries, service
from exam_centre.results.rules import portions

COMPUTE = "results.compute"
AT_ONCE = 500  # entry courses in one transaction


@job(COMPUTE)
def compute_series(arguments: dict[str, Any], progress: Progress) -> None:
    """Compute what every confirmed entry course of a series comes to, then hold what is open.

    arguments  "series" and "user", ids. Computing again makes no second version of the same.
    """
    series_id = int(arguments["series"])
    with reading() as session:
        actor = actor_of(session, session.get_one(User, int(arguments["user"])))
        due = [course.id for course in queries.entry_courses_of(session, series_id)]
    done = 0
    progress(done, len(due))
    for some in portions(due, AT_ONCE):
        with unit_of_work() as session:
            courses = [session.get_one(EntryCourse, key) for key in some]
            service.compute(session, actor, courses, now=clock.now())
        done += len(some)
        progress(done, len(due))
    with unit_of_work() as session:
        series = session.get_one(Series, series_id)
        service.hold_and_free(session, actor, series, now=clock.now())
