"""The search of an auditor, and the timelines of a candidate, a paper, a room and a mark."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import current_app, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from exam_centre.calendar.queries import list_series
from exam_centre.kernel.clock import at_venue
from exam_centre.kernel.permissions import Permission, Place
from exam_centre.overview import queries
from exam_centre.overview.queries.kin import Subjects
from exam_centre.overview.rules import KIND_WORDS
from exam_centre.overview.views.blueprint import blueprint
from exam_centre.timetable.queries import place_of_room_session
from exam_centre.webkit.access import access_of, current_actor, requires
from exam_centre.webkit.database import reader
from exam_centre.webkit.languages import ZONE
from exam_centre.webkit.paging import Page, asked_window
from exam_centre.webkit.words import ROLE_NAMES


@dataclass(frozen=True)
class Opening:
    """The page of a thing: its endpoint and what the token is called in its address."""

    endpoint: str
    argument: str
    is_at_venue: bool = False  # opened by who works at the venue, not by whose candidate it is


OPENINGS = {
    "entries": Opening("entries.show_entry", "entry"),
    "outcomes": Opening("results.show_outcome", "token"),
    "corrections": Opening("results.show_correction", "token"),
    "credentials": Opening("certificates.show_credential", "token"),
    "claims": Opening("credits.show_claim", "token"),
    "bags": Opening("custody.show_bag", "bag", is_at_venue=True),
    "incidents": Opening("conduct.show_incident", "incident", is_at_venue=True),
    "offence_cases": Opening("conduct.show_case", "case", is_at_venue=True),
    "bundles": Opening("marking.bundle", "bundle", is_at_venue=True),
}


@dataclass(frozen=True)
class Step:
    """One act with the ways on that this reader may go."""

    act: queries.Act
    day: date  # on the clock of the timeline
    address: str | None  # of the thing itself
    candidate: str | None  # address of the timeline of who it is about


@blueprint.get("/audit")
@requires(Permission.READ_AUDIT)
def find_trail() -> ResponseReturnValue:
    """Search a candidate, paper, room or script code; the one thing found is opened at once."""
    actor, window = current_actor(), asked_window()
    found = queries.search(reader(), actor, window.text) if window.text else None
    if found is not None and found.count == 1:
        return redirect(_address_of(found), 303)
    return render_template(
        "overview/find.html",
        found=found,
        page=Page((), 0, 1, window.size, window.text),
        series=list_series(reader(), actor),
    )


@blueprint.get("/audit/candidates/<person_no>")
@requires(Permission.READ_AUDIT)
def candidate_trail(person_no: str) -> ResponseReturnValue:
    """Show everything the trail says about one candidate."""
    session, actor = reader(), current_actor()
    card = queries.access_audited_candidate(session, actor, person_no)
    lines = queries.lines_of_candidate(session, actor, card.id)
    return _timeline(
        "overview/candidate_trail.html",
        queries.candidate_rows(actor, card.id),
        zone=lines[0].paper.zone if lines else ZONE,
        place=card.place,
        card=card,
        lines=lines,
        rooms=queries.rooms_of_candidate(session, actor, card.id),
        unopened=queries.unopened_of_candidate(session, actor, card.id),
    )


@blueprint.get("/audit/series/<code>/papers/<paper>")
@requires(Permission.READ_AUDIT)
def paper_trail(code: str, paper: str) -> ResponseReturnValue:
    """Show everything the trail says about one paper in one series."""
    session, actor = reader(), current_actor()
    card = queries.access_audited_paper(session, actor, code, paper)
    return _timeline(
        "overview/paper_trail.html",
        queries.paper_rows(actor, card.id, card.series_id),
        zone=card.zone,
        card=card,
        rooms=queries.rooms_of_paper(session, actor, card),
        unopened=queries.unopened_of_paper(session, actor, card),
    )


@blueprint.get("/audit/rooms/<token:room>")
@requires(Permission.READ_AUDIT)
def room_trail(room: str) -> ResponseReturnValue:
    """Show everything the trail says about one room session."""
    session, actor = reader(), current_actor()
    spot = queries.access_audited_room(session, actor, room)
    return _timeline(
        "overview/room_trail.html",
        queries.room_rows(actor, spot.room_session_id),
        zone=spot.zone,
        venue=place_of_room_session(session, spot.room_session_id),
        spot=spot,
        unopened=queries.unopened_in_room(session, spot.room_session_id),
    )


@blueprint.get("/audit/marks/<token:entry>/<course>")
@requires(Permission.READ_AUDIT)
def mark_trail(entry: str, course: str) -> ResponseReturnValue:
    """Show what one outcome came from and led to."""
    session, actor = reader(), current_actor()
    card = queries.access_audited_mark(session, actor, entry, course)
    return _timeline(
        "overview/mark_trail.html",
        queries.mark_rows(actor, card.entry_id, card.line_id),
        zone=card.paper.zone,
        place=card.place,
        card=card,
        unopened=queries.unopened_of_entry(session, actor, card.entry_id),
    )


def _timeline(
    template: str,
    subjects: Iterable[Subjects],
    *,
    zone: str,
    place: Place | None = None,
    venue: Place | None = None,
    **things: object,
) -> ResponseReturnValue:
    """Show a timeline; `place` and `venue` say where its things are, for the ways on."""
    window = asked_window("kind", "day")
    kind = window.kept.get("kind", "")
    trail = queries.read_trail(
        reader(),
        subjects,
        kind=kind if kind in KIND_WORDS else "",
        day=_day(window.kept.get("day", "")),
        zone=zone,
        offset=window.offset,
        limit=window.limit,
    )
    return render_template(
        template,
        steps=[_step(act, zone, place, venue) for act in trail.acts],
        page=window.page(trail.acts, trail.total),
        kinds={name: trail.kinds[name] for name in KIND_WORDS if name in trail.kinds},
        all_kinds=trail.kinds.total(),
        kind=kind,
        kind_words=KIND_WORDS,
        role_names=ROLE_NAMES,
        zone=zone,
        **things,
    )


def _step(act: queries.Act, zone: str, place: Place | None, venue: Place | None) -> Step:
    where = act.about.place if act.about else place
    opening = OPENINGS.get(act.table)
    address = None
    if opening is not None and act.token is not None:
        at = venue if opening.is_at_venue else where
        if at is not None and _may_open(opening.endpoint, at):
            named: dict[str, Any] = {opening.argument: act.token}
            address = url_for(opening.endpoint, **named)
    candidate = None
    if act.about and current_actor().may(Permission.READ_AUDIT, act.about.place):
        candidate = url_for(".candidate_trail", person_no=act.about.person_no)
    return Step(act, at_venue(act.at, zone).date(), address, candidate)


def _may_open(endpoint: str, place: Place) -> bool:
    access = access_of(current_app.view_functions[endpoint])
    return access is not None and any(
        current_actor().may(permission, place)
        for permission in access.permissions - {Permission.SEE_OWN}
    )


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if len(text) == len("2026-11-23") else None
    except ValueError:
        return None


def _address_of(found: queries.Found) -> str:
    """Return the address of the one thing that was found."""
    if found.candidates:
        return url_for(".candidate_trail", person_no=found.candidates[0].person_no)
    if found.papers:
        return url_for(".paper_trail", code=found.papers[0].series, paper=found.papers[0].code)
    if found.rooms:
        return url_for(".room_trail", room=found.rooms[0].token)
    return url_for(".mark_trail", entry=found.marks[0].entry, course=found.marks[0].course)
