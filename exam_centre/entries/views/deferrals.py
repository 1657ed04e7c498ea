"""Sitting a paper later: asked for one entry or for many at once, decided by another person."""

from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from exam_centre.accounts.queries import people_tied_to
from exam_centre.accounts.rules import ReasonMissing
from exam_centre.calendar.models import Series
from exam_centre.calendar.queries import deadlines_of
from exam_centre.calendar.rules import DeadlineKind, DeadlinePassed, SeriesNotOpen
from exam_centre.entries import queries, service
from exam_centre.entries.forms import APPROVE, AskDeferralsForm, DecideForm
from exam_centre.entries.queries import DeferralLine, EntryLine
from exam_centre.entries.rules import EntryStatus, RequestStatus
from exam_centre.entries.views.blueprint import ASKERS, REQUEST_SEERS, blueprint, way_to_candidate
from exam_centre.kernel import clock
from exam_centre.kernel.errors import ConflictOfInterest, SamePerson
from exam_centre.kernel.permissions import Permission
from exam_centre.webkit.access import current_actor, requires
from exam_centre.webkit.acting import done, saving
from exam_centre.webkit.database import reader
from exam_centre.webkit.form import typed
from exam_centre.webkit.paging import asked_window

MOST_AT_ONCE = 200  # entries or requests named in one address or one form


@blueprint.route("/requests/deferrals/ask", methods=["GET", "POST"])
@requires(*ASKERS)
def ask_deferrals() -> ResponseReturnValue:
    """Ask to defer the entries named in the address; those that can not be asked for say why."""
    actor = current_actor()
    lines = queries.entry_lines(reader(), actor, request.values.getlist("entry")[:MOST_AT_ONCE])
    standings = queries.standings(reader(), [line.entry.token for line in lines])
    free = [
        line
        for line in lines
        if line.entry.status is EntryStatus.CONFIRMED
        and standings[line.entry.token].deferral in (None, *OVER)
        and (
            line.candidate.person_id == actor.person_id
            or actor.may(
                Permission.ENTER_CANDIDATES,
                queries.place_of_candidate(reader(), line.candidate.id, line.series.id),
            )
        )
    ]
    form = AskDeferralsForm.from_request()
    if form.submitted() and free:
        tokens = [line.entry.token for line in free]
        refused_at = {
            ReasonMissing: form.reason,
            DeadlinePassed: form.reason,
            SeriesNotOpen: form.reason,
        }
        reader().rollback()
        with saving(refused_at) as session:
            entries = [queries.access_entry(session, actor, token) for token in tokens]
            service.request_deferrals(
                session, actor, entries, reason=typed(form.reason), now=clock.now()
            )
        if not form.errors:
            return _asked(tokens)
        lines = queries.entry_lines(reader(), actor, request.values.getlist("entry"))
    series = {line.series.id: line.series for line in lines}
    return render_template(
        "entries/ask_deferrals.html",
        lines=lines,
        free={line.entry.token for line in free},
        standings=standings,
        form=form,
        deadlines=_deadlines(list(series.values())),
        now=clock.now(),
        way=_way(lines),
    )


@blueprint.get("/requests/deferrals")
@requires(*REQUEST_SEERS)
def list_deferrals() -> ResponseReturnValue:
    """List what waits for a decision, and what was decided."""
    return _list(DecideForm(formdata=None))


@blueprint.post("/requests/deferrals")
@requires(Permission.APPROVE_ENTRIES)
def decide_deferrals() -> ResponseReturnValue:
    """Approve or refuse the chosen requests, as somebody who asked for none of them."""
    actor = current_actor()
    form = DecideForm.from_request()
    chosen = request.form.getlist("deferral")[:MOST_AT_ONCE]
    lines = queries.deferrals_named(reader(), actor, chosen)
    if not form.submitted():
        return _list(form, chosen)
    if not lines:
        form.decision.errors = [_("Choose at least one request from the list.")]
        return _list(form)
    tokens, approves = [line.deferral.token for line in lines], form.decision.data == APPROVE
    reader().rollback()
    refused_at = {
        ReasonMissing: form.reason,
        SamePerson: form.decision,
        ConflictOfInterest: form.decision,
    }
    with saving(refused_at) as session:
        service.decide_deferrals(
            session,
            actor,
            [queries.access_deferral(session, actor, token) for token in tokens],
            approve=approves,
            reason=typed(form.reason),
            now=clock.now(),
        )
    if form.errors:
        return _list(form, tokens)
    words = (
        ngettext("One entry is deferred.", "%(num)s entries are deferred.", len(tokens))
        if approves
        else ngettext("One request is refused.", "%(num)s requests are refused.", len(tokens))
    )
    return done(words, ".list_deferrals")


OVER = (RequestStatus.REFUSED, RequestStatus.WITHDRAWN)


def _list(form: DecideForm, chosen: list[str] | None = None) -> ResponseReturnValue:
    session, actor = reader(), current_actor()
    window = asked_window("status")
    asked = request.args.get("status", RequestStatus.REQUESTED.value)
    status = RequestStatus(asked) if asked in set(RequestStatus) else RequestStatus.REQUESTED
    lines, total = queries.list_deferrals(
        session, actor, status=status, text=window.text, offset=window.offset, limit=window.limit
    )
    decides = actor.may(Permission.APPROVE_ENTRIES) and status is RequestStatus.REQUESTED
    bars = _bars(lines) if decides else {}
    return render_template(
        "entries/deferrals.html",
        page=window.page(lines, total),
        status=status,
        waiting=queries.count_waiting(session, actor),
        bars=bars,
        chosen=set(chosen or ()),
        form=form,
        may_decide=decides and len(bars) < len(lines),
        shown=(RequestStatus.REQUESTED, RequestStatus.APPROVED, RequestStatus.REFUSED),
    )


def _bars(lines: list[DeferralLine]) -> dict[str, Any]:
    """Return {token: why this person may not decide it}."""
    me = current_actor().human()
    ties = people_tied_to(reader(), me)
    bars: dict[str, Any] = {}
    for line in lines:
        if line.deferral.requested_by_id == me:
            bars[line.deferral.token] = _("You asked for this. Someone else decides.")
        elif line.candidate.person_id == me:
            bars[line.deferral.token] = _("This is about yourself. Someone else decides.")
        elif line.candidate.person_id in ties:
            bars[line.deferral.token] = _("You are tied to this person. Someone else decides.")
    return bars


def _deadlines(series: list[Series]) -> list[tuple[Series, Any]]:
    found = [(each, deadlines_of(reader(), each.id).get(DeadlineKind.DEFERRAL)) for each in series]
    return [(each, at) for each, at in found if at is not None]


def _asked(tokens: list[str]) -> ResponseReturnValue:
    number = len(tokens)
    if number == 1:
        words = _("It is asked for. Somebody else decides, and the candidate gets a notice.")
        return done(words, ".show_entry", entry=tokens[0])
    words = ngettext(
        "Asked for one entry. Somebody else decides.",
        "Asked for %(num)s entries. Somebody else decides.",
        number,
    )
    return done(words, ".list_deferrals")


def _way(lines: list[EntryLine]) -> list[tuple[str, str | None]]:
    if len(lines) == 1:
        (line,) = lines
        way = way_to_candidate(line.candidate, line.name)
        return [*way, (line.paper.name, url_for(".show_entry", entry=line.entry.token))]
    return [(_("Requests"), url_for(".list_access")), (_("Deferrals"), url_for(".list_deferrals"))]
