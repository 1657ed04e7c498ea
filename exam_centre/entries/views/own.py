"""A worker's own entries: what each waits for, and what they can do about it."""

from flask import render_template
from flask.typing import ResponseReturnValue

from exam_centre.entries import queries
from exam_centre.entries.rules import NOT_LIVE, OWN_SENTENCES, EntryStatus
from exam_centre.entries.views.blueprint import blueprint
from exam_centre.kernel.permissions import Permission
from exam_centre.webkit.access import current_actor, requires
from exam_centre.webkit.database import reader
from exam_centre.webkit.form import ActForm


@blueprint.get("/mine")
@requires(Permission.SEE_OWN)
def show_mine() -> ResponseReturnValue:
    """Show one's own entries, what stands against them, and what one asked for."""
    session, actor = reader(), current_actor()
    lines = queries.own_entries(session, actor)
    ids = [line.entry.id for line in lines]
    candidates = queries.own_candidates(session, actor)
    found = queries.against(session, ids)
    return render_template(
        "entries/mine.html",
        ahead=[line for line in lines if line.entry.status not in NOT_LIVE],
        over=[line for line in lines if line.entry.status in NOT_LIVE],
        courses=queries.courses_of_entries(session, ids),
        to_do={
            line.entry.id: [OWN_SENTENCES[row.rule] for row in found.get(line.entry.id, [])]
            for line in lines
            if line.entry.status is EntryStatus.INELIGIBLE
        },
        standings=queries.standings(session, [line.entry.token for line in lines]),
        candidates=candidates,
        arrangements=[
            each for one in candidates for each in queries.arrangements_of(session, one.id)
        ],
        form=ActForm(formdata=None),
    )
