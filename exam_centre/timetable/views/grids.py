"""A plan seen from above: grid, papers, rooms, and the lists of what is out of the ordinary."""

from flask import render_template, request
from flask.typing import ResponseReturnValue

from exam_centre.accounts.queries import names_of
from exam_centre.calendar.models import Period, Series
from exam_centre.entries import queries as entries
from exam_centre.entries.rules import ENTRY_SENTENCES
from exam_centre.kernel import clock
from exam_centre.kernel.permissions import Permission
from exam_centre.timetable import queries
from exam_centre.timetable.queries import clashes, duty_lists, grid, lists
from exam_centre.timetable.rules import GridBy, GridColour
from exam_centre.timetable.views.asking import GRID_BY_WORDS, GRID_COLOUR_WORDS, asked_of
from exam_centre.timetable.views.blueprint import PLANS, blueprint, way_to
from exam_centre.venues.models import Room, Venue
from exam_centre.venues.queries import layout_of, seats_of
from exam_centre.webkit.access import current_actor, requires
from exam_centre.webkit.database import reader
from exam_centre.webkit.paging import asked_window

SHOWN_PROBLEMS = 200
GRID_ROWS = 60  # of one page of a grid


@blueprint.get("/plans/<token:token>/grid")
@requires(*PLANS)
def show_grid(token: str) -> ResponseReturnValue:
    """Show periods by venue, room, paper or staff; every cell leads on."""
    plan = queries.access_plan(reader(), current_actor(), token)
    window = asked_window("venue", "by", "colour", size=GRID_ROWS)
    venue = request.args.get("venue", "")[:32]
    by = asked_of(GridBy, "by", GridBy.VENUE)
    colour = asked_of(GridColour, "colour", GridColour.FILL)
    marked = {}
    if colour is GridColour.CLASH and by in (GridBy.VENUE, GridBy.ROOM):
        marked = clashes.clashes_by_room(reader(), clashes.clashes_of(reader(), plan))
    found = grid.grid_of(reader(), plan, venue, by=by, clashes=marked)
    lines = [
        line
        for line in found.lines
        if window.text in line.name or line.code.startswith(window.text)
    ]
    series = reader().get_one(Series, plan.series_id)
    return render_template(
        "timetable/grid.html",
        plan=plan,
        grid=found,
        page=window.page(lines[window.offset : window.offset + window.limit], len(lines)),
        venue=venue,
        by=by,
        colour=colour,
        grid_by_words=GRID_BY_WORDS,
        grid_colour_words=GRID_COLOUR_WORDS,
        series=series,
        days=[clock.at_venue(p.starts_at, series.time_zone).date() for p in found.periods],
        way=way_to(plan),
    )


@blueprint.get("/plans/<token:token>/papers")
@requires(*PLANS)
def list_papers(token: str) -> ResponseReturnValue:
    """Show every paper with its sittings."""
    plan = queries.access_plan(reader(), current_actor(), token)
    window = asked_window()
    found = [
        line
        for line in grid.papers_of_plan(reader(), plan)
        if window.text in line.name or line.code.startswith(window.text)
    ]
    shown = found[window.offset : window.offset + window.limit]
    return render_template(
        "timetable/papers.html",
        plan=plan,
        page=window.page(shown, len(found)),
        way=way_to(plan),
    )


@blueprint.get("/plans/<token:token>/rooms/<token:room>")
@requires(*PLANS)
def show_room(token: str, room: str) -> ResponseReturnValue:
    """Show one room in one period: its desks, who sits there, who is on duty."""
    actor = current_actor()
    plan = queries.access_plan(reader(), actor, token)
    found = queries.access_room_session(reader(), actor, room)
    known = reader().get_one(Room, found.room_id)
    venue = reader().get_one(Venue, known.venue_id)
    return render_template(
        "timetable/room.html",
        plan=plan,
        room=known,
        venue=venue,
        period=reader().get_one(Period, found.period_id),
        layout=layout_of(reader(), known.id),
        seats=seats_of(reader(), known.id),
        people=lists.people_of_room(reader(), plan, found),
        duties=duty_lists.duties_of_room(reader(), found.id),
        way=way_to(plan),
    )


@blueprint.get("/plans/<token:token>/unplaced")
@requires(*PLANS)
def list_unplaced(token: str) -> ResponseReturnValue:
    """Show who has no seat, why, and what would help."""
    plan = queries.access_plan(reader(), current_actor(), token)
    window = asked_window()
    lines, total = lists.unplaced_of(
        reader(), plan, window.text, offset=window.offset, limit=window.limit
    )
    standings = entries.standings(reader(), [line.entry_token for line in lines])
    return render_template(
        "timetable/unplaced.html",
        plan=plan,
        page=window.page(lines, total),
        way=way_to(plan),
        standings=standings,
        waits={token for token, each in standings.items() if each.waits_for_a_place},
        may_ask=current_actor().may(Permission.ENTER_CANDIDATES),
        entry_words=ENTRY_SENTENCES,
    )


@blueprint.get("/plans/<token:token>/held-over")
@requires(*PLANS)
def list_held(token: str) -> ResponseReturnValue:
    """Show who sits two papers of one period, and who guards them in between."""
    plan = queries.access_plan(reader(), current_actor(), token)
    return render_template(
        "timetable/held.html", plan=plan, lines=lists.held_of(reader(), plan), way=way_to(plan)
    )


@blueprint.get("/plans/<token:token>/problems")
@requires(*PLANS)
def list_problems(token: str) -> ResponseReturnValue:
    """Show what the independent check finds, row by row, and law 1."""
    plan = queries.access_plan(reader(), current_actor(), token)
    found = queries.problems(reader(), plan)
    return render_template(
        "timetable/problems.html",
        plan=plan,
        law=queries.law_entries(reader(), plan),
        counts=queries.problem_counts(found),
        problems=found[:SHOWN_PROBLEMS],
        subject_words=queries.subjects_in_words(reader(), found[:SHOWN_PROBLEMS]),
        way=way_to(plan),
    )


@blueprint.get("/plans/<token:token>/changes")
@requires(*PLANS)
def list_changes(token: str) -> ResponseReturnValue:
    """Show in words what a version changes for whom, against what is published."""
    plan = queries.access_plan(reader(), current_actor(), token)
    window = asked_window()
    earlier = [known for known in queries.versions(reader(), plan) if known != plan.id]
    found = queries.moves(reader(), plan) if earlier else []
    shown = found[window.offset : window.offset + window.limit]
    return render_template(
        "timetable/changes.html",
        plan=plan,
        page=window.page(shown, len(found)),
        is_first=not earlier,
        people=len({person for person, *_rest in found}),
        names=names_of(reader(), [person for person, *_rest in shown]),
        way=way_to(plan),
    )
