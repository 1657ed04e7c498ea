"""A worker's own exams: the next one as a sign, the slip on the screen, the calendar file."""

from flask import Response, render_template
from flask.typing import ResponseReturnValue

from exam_centre.adapters.qr import as_svg
from exam_centre.admission import documents, queries, service
from exam_centre.admission.queries import SlipFacts, SlipPaper
from exam_centre.admission.rules import AttendanceStatus
from exam_centre.admission.views.blueprint import blueprint, settings, slip_ring
from exam_centre.calendar.queries import rules_of
from exam_centre.kernel import clock
from exam_centre.kernel.permissions import Permission
from exam_centre.webkit.access import current_actor, requires
from exam_centre.webkit.database import reader
from exam_centre.webkit.languages import language


@blueprint.get("/mine")
@requires(Permission.SEE_OWN)
def show_mine() -> ResponseReturnValue:
    """Show the next exam as a sign, then the others, then one's attendance."""
    session, now = reader(), clock.now()
    slips = queries.slips_of_person(session, current_actor().human())
    facts = queries.slip_facts(session, [slip.id for slip in slips])
    lines = sorted(
        ((paper, each.slip) for each in facts for paper in each.papers),
        key=lambda line: line[0].starts_at,
    )
    ahead = [line for line in lines if line[0].ends_at >= now]
    return render_template(
        "admission/mine.html",
        next=ahead[0] if ahead else None,
        later=ahead[1:],
        past=[line for line in lines if line[0].ends_at < now],
        slips=facts,
        now=now,
        has_come=_has_come,
    )


@blueprint.get("/mine/slips/<token:slip>")
@requires(Permission.SEE_OWN, Permission.ISSUE_SLIPS)
def show_slip(slip: str) -> ResponseReturnValue:
    """Show a slip big enough for the door: the code, then the papers and the rules."""
    facts = _facts(slip)
    text = service.slip_text(facts.slip, facts.candidate, facts.series, slip_ring())
    return render_template(
        "admission/slip.html",
        facts=facts,
        qr=as_svg(text),
        rules=rules_of(reader(), facts.series.id),
        now=clock.now(),
    )


@blueprint.get("/mine/slips/<token:slip>.ics")
@requires(Permission.SEE_OWN, Permission.ISSUE_SLIPS)
def fetch_calendar(slip: str) -> ResponseReturnValue:
    """Give the slip's exams as a calendar file."""
    facts = _facts(slip)
    host = settings().public_url.split("//", 1)[1].split("/")[0].split(":")[0]
    content = documents.calendar_file(facts, host, language())
    heads = {"Content-Disposition": 'attachment; filename="exams.ics"'}
    return Response(content, mimetype="text/calendar", headers=heads)


def _facts(token: str) -> SlipFacts:
    found = queries.access_slip(reader(), current_actor(), token)
    return queries.slip_facts(reader(), [found.id])[0]


def _has_come(paper: SlipPaper) -> bool:
    return paper.status is not AttendanceStatus.EXPECTED
