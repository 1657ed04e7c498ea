"""Candidates: find one, and see what they are entered for."""

from flask import render_template
from flask.typing import ResponseReturnValue

from exam_centre.entries import queries
from exam_centre.entries.views.blueprint import SEERS, blueprint
from exam_centre.kernel.permissions import Permission
from exam_centre.kernel.sentences import Sentence
from exam_centre.webkit.access import current_actor, requires
from exam_centre.webkit.database import reader
from exam_centre.webkit.paging import asked_window


@blueprint.get("/")
@requires(*SEERS)
def list_candidates() -> ResponseReturnValue:
    """List the candidates of one's units, or find one by number or name."""
    window = asked_window()
    rows, total = queries.list_candidates(
        reader(), current_actor(), text=window.text, offset=window.offset, limit=window.limit
    )
    return render_template(
        "entries/candidates.html",
        page=window.page(rows, total),
        may_import=current_actor().may(Permission.ENTER_CANDIDATES),
    )


@blueprint.get("/candidates/<person_no>")
@requires(*SEERS)
def show_candidate(person_no: str) -> ResponseReturnValue:
    """Show one candidate: entries with the reasons against them, and what they need."""
    session, actor = reader(), current_actor()
    candidate = queries.access_candidate(session, actor, person_no)
    person, unit = queries.person_and_unit(session, candidate)
    entries = queries.entries_of(session, candidate.id)
    return render_template(
        "entries/candidate.html",
        candidate=candidate,
        person=person,
        unit=unit,
        entries=entries,
        reasons={
            row.entry.id: [Sentence(finding.text, finding.facts) for finding in row.against]
            for row in entries
        },
        arrangements=queries.arrangements_of(session, candidate.id),
        may_enter=actor.may(
            Permission.ENTER_CANDIDATES, queries.place_of_candidate(session, candidate.id)
        ),
    )
