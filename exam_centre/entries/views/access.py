"""Access arrangements: asked for by the candidate or the office, decided by another person."""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from wtforms import Field

from exam_centre.accounts.queries import names_of, people_tied_to
from exam_centre.accounts.rules import ReasonMissing
from exam_centre.adapters.paperwork import BadDocument
from exam_centre.calendar.models import Series
from exam_centre.calendar.queries import access_series, deadlines_of, list_series
from exam_centre.calendar.rules import DeadlineKind, DeadlinePassed, SeriesNotOpen, SeriesStatus
from exam_centre.entries import queries, service
from exam_centre.entries.forms import APPROVE, AccessForm, DecideForm, EvidenceForm, ReasonForm
from exam_centre.entries.models import AccessArrangement
from exam_centre.entries.rules import (
    REQUEST_FLOW,
    AccessKind,
    EvidenceMissing,
    RequestOpen,
    RequestStatus,
    TooManyFiles,
    WrongExtraTime,
    extra_time,
    in_minutes,
)
from exam_centre.entries.views.blueprint import ASKERS, REQUEST_SEERS, blueprint, way_to_candidate
from exam_centre.entries.views.sending import FILE_SENTENCES, sent_with
from exam_centre.kernel import clock
from exam_centre.kernel.errors import ConflictOfInterest, NotFound, Refusal, SamePerson
from exam_centre.kernel.permissions import Permission
from exam_centre.papers.models import Paper
from exam_centre.webkit.access import current_actor, requires
from exam_centre.webkit.acting import done, saving
from exam_centre.webkit.database import reader
from exam_centre.webkit.form import typed
from exam_centre.webkit.paging import asked_window


@dataclass(frozen=True)
class Longer:
    """What extra time makes of one paper."""

    paper: Paper
    minutes: int
    longer: Decimal  # minutes with the extra part


@blueprint.get("/requests")
@requires(*REQUEST_SEERS)
def list_access() -> ResponseReturnValue:
    """List the arrangements that wait for a decision, and those that were decided."""
    session, actor = reader(), current_actor()
    window = asked_window("status")
    asked = request.args.get("status", RequestStatus.REQUESTED.value)
    status = RequestStatus(asked) if asked in set(RequestStatus) else RequestStatus.REQUESTED
    lines, total = queries.list_arrangements(
        session, actor, status=status, text=window.text, offset=window.offset, limit=window.limit
    )
    return render_template(
        "entries/access_list.html",
        page=window.page(lines, total),
        status=status,
        waiting=queries.count_waiting(session, actor),
        shown=tuple(RequestStatus),
    )


@blueprint.route("/candidates/<person_no>/access", methods=["GET", "POST"])
@requires(*ASKERS)
def request_access(person_no: str) -> ResponseReturnValue:
    """Ask for what a candidate needs in a series."""
    session, actor = reader(), current_actor()
    candidate = queries.access_candidate(session, actor, person_no)
    person, _unit = queries.person_and_unit(session, candidate)
    series = _open_series(candidate.id)
    form = AccessForm.from_request()
    if not queries.may_open_evidence(session, actor, candidate.id, None):
        del form.files
    form.series.choices = [(each.code, each.name) for each in series]
    if form.submitted():
        reader().rollback()
        refused_at: dict[type[Refusal], Field] = {
            NotFound: form.series,
            SeriesNotOpen: form.series,
            DeadlinePassed: form.series,
            WrongExtraTime: form.extra_percent,
            EvidenceMissing: form.evidence,
            RequestOpen: form.kind,
            BadDocument: form.files,
            TooManyFiles: form.files,
        }
        with saving(refused_at) as session:
            arrangement = service.request_access(
                session,
                actor,
                queries.access_candidate(session, actor, person_no),
                access_series(session, actor, form.series.data or ""),
                kind=AccessKind(form.kind.data),
                extra_percent=form.extra_percent.data,
                evidence=typed(form.evidence),
                sent=sent_with(form.files),
                now=clock.now(),
            )
        if not form.errors:
            words = _("It is asked for. Somebody else decides, and the candidate gets a notice.")
            return done(words, ".show_access", arrangement=arrangement.token)
        candidate = queries.access_candidate(reader(), actor, person_no)
        series = _open_series(candidate.id)
    return render_template(
        "entries/request_access.html",
        form=form,
        is_own=candidate.person_id == actor.person_id,
        name=person.name,
        deadlines=_deadlines(series),
        has_series=bool(series),
        way=way_to_candidate(candidate, person.name),
    )


@blueprint.get("/requests/access/<token:arrangement>")
@requires(*ASKERS, Permission.APPROVE_ENTRIES)
def show_access(arrangement: str) -> ResponseReturnValue:
    """Show one arrangement: what proves it, what it changes, and the decision."""
    found = queries.access_arrangement(reader(), current_actor(), arrangement)
    return page_of(found, DecideForm(formdata=None))


@blueprint.post("/requests/access/<token:arrangement>")
@requires(Permission.APPROVE_ENTRIES)
def decide_access(arrangement: str) -> ResponseReturnValue:
    """Approve or refuse an arrangement, as somebody who did not ask for it."""
    actor = current_actor()
    form = DecideForm.from_request()
    if form.submitted():
        approves = form.decision.data == APPROVE
        refused_at = {
            ReasonMissing: form.reason,
            SamePerson: form.decision,
            ConflictOfInterest: form.decision,
        }
        with saving(refused_at) as session:
            service.decide_access(
                session,
                actor,
                queries.access_arrangement(session, actor, arrangement),
                approve=approves,
                reason=typed(form.reason),
                now=clock.now(),
            )
        if not form.errors:
            words = _("The arrangement is approved.") if approves else _("The request is refused.")
            return done(words, ".list_access")
    return page_of(queries.access_arrangement(reader(), actor, arrangement), form)


@blueprint.route("/requests/access/<token:arrangement>/withdraw", methods=["GET", "POST"])
@requires(*ASKERS)
def withdraw_access(arrangement: str) -> ResponseReturnValue:
    """Give an arrangement up; it can be asked for anew."""
    actor = current_actor()
    found = queries.access_arrangement(reader(), actor, arrangement)
    form = ReasonForm.from_request()
    if form.submitted():
        reader().rollback()
        with saving({ReasonMissing: form.reason}) as session:
            own = queries.access_arrangement(session, actor, arrangement)
            service.withdraw_request(
                session, actor, own, reason=typed(form.reason), now=clock.now()
            )
        if not form.errors:
            return done(_("The arrangement is given up."), ".show_access", arrangement=arrangement)
        found = queries.access_arrangement(reader(), actor, arrangement)
    return render_template(
        "entries/withdraw_access.html", form=form, arrangement=found, way=_way_to(found)
    )


def _open_series(candidate_id: int) -> list[Series]:
    """Return the series one may ask for, those the candidate is entered in first."""
    entered = {row.series.id for row in queries.entries_of(reader(), candidate_id)}
    found = [s for s in list_series(reader(), current_actor()) if s.status is SeriesStatus.OPEN]
    return sorted(found, key=lambda each: each.id not in entered)


def page_of(
    found: AccessArrangement, form: DecideForm, files_form: EvidenceForm | None = None
) -> str:
    """Return the page of one arrangement, with what was typed into its forms."""
    session, actor = reader(), current_actor()
    candidate = queries.candidate_of(session, found)
    place = queries.place_of_candidate(session, candidate.id, found.series_id)
    is_own = candidate.person_id == actor.person_id
    people = {candidate.person_id, found.requested_by_id, found.decided_by_id or 0}
    bar = None
    if found.requested_by_id == actor.person_id:
        bar = _("You asked for this. Someone else decides.")
    elif is_own:
        bar = _("This is about yourself. Someone else decides.")
    elif candidate.person_id in people_tied_to(session, actor.human()):
        bar = _("You are tied to this person. Someone else decides.")
    is_open = found.status is RequestStatus.REQUESTED
    decides = actor.may(Permission.APPROVE_ENTRIES, place)
    return render_template(
        "entries/access.html",
        arrangement=found,
        series=session.get_one(Series, found.series_id),
        candidate=candidate,
        names=names_of(session, people),
        is_own=is_own,
        longer=_longer(found),
        files=queries.evidence_of(session, found.id),
        files_form=files_form or EvidenceForm(formdata=None),
        opens_files=queries.may_open_evidence(session, actor, candidate.id, found.series_id),
        file_words=FILE_SENTENCES,
        form=form,
        is_open=is_open,
        bar=bar if decides and is_open else None,
        may_decide=decides and is_open and bar is None,
        may_withdraw=REQUEST_FLOW.allows(found.status, RequestStatus.WITHDRAWN)
        and (is_own or actor.may(Permission.ENTER_CANDIDATES, place)),
        way=_way_to(found)[:-1],
    )


def _longer(found: AccessArrangement) -> list[Longer]:
    """Return what extra time makes of each paper the candidate is entered for."""
    if found.extra_percent is None:
        return []
    papers = queries.papers_entered(reader(), found.candidate_id, found.series_id)
    return [
        Longer(
            paper,
            paper.minutes,
            in_minutes(
                timedelta(minutes=paper.minutes) + extra_time(paper.minutes, found.extra_percent)
            ),
        )
        for paper in papers
        if paper.minutes
    ]


def _way_to(found: AccessArrangement) -> list[tuple[str, Any]]:
    candidate = queries.candidate_of(reader(), found)
    name = names_of(reader(), [candidate.person_id])[candidate.person_id]
    here = url_for(".show_access", arrangement=found.token)
    return [*way_to_candidate(candidate, name), (_("Access arrangement"), here)]


def _deadlines(series: list[Series]) -> list[tuple[Series, Any]]:
    found = [(each, deadlines_of(reader(), each.id).get(DeadlineKind.ACCESS)) for each in series]
    return [(each, at) for each, at in found if at is not None]
