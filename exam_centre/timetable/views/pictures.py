"""Pictures of a plan: map, distributions, clashes, and two versions beside each other."""

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from exam_centre.calendar.models import Series
from exam_centre.calendar.queries import periods_of
from exam_centre.kernel import clock
from exam_centre.timetable import queries
from exam_centre.timetable.models import Plan
from exam_centre.timetable.queries import clashes, compare, geography, spread
from exam_centre.timetable.rules import FILL_STEPS, KILOMETRE_STEPS, NEAR_MINUTES, ClashKind
from exam_centre.timetable.views.asking import CLASH_WORDS, asked_of
from exam_centre.timetable.views.blueprint import PLANS, blueprint, way_to
from exam_centre.webkit.access import current_actor, requires
from exam_centre.webkit.database import reader
from exam_centre.webkit.map_drawing import Line, Spot, draw_map
from exam_centre.webkit.paging import asked_window

SHEETS = (358, 1120)  # units across: a phone held upright, a wide screen
SHOWN_FLOWS = 60  # rows of the table below a map; what is left out is counted


@blueprint.get("/plans/<token:token>/map")
@requires(*PLANS)
def show_map(token: str) -> ResponseReturnValue:
    """Show where everybody goes: venues by load, and flows from the parks, in a period or ever."""
    plan = queries.access_plan(reader(), current_actor(), token)
    periods = periods_of(reader(), [plan.series_id])
    period = request.args.get("period", "")
    period = period if any(each.code == period for each in periods) else ""
    found = geography.map_of(reader(), plan, period)
    venue = next((v for v in found.venues if v.code == request.args.get("venue")), None)
    if venue is not None:
        closer = geography.map_of(reader(), plan, period, venue.code)
        found = closer._replace(venues=[v for v in closer.venues if v.id == venue.id])
    spots = [_circle(each) for each in found.venues] + [
        Spot(("from", s.id), s.latitude, s.longitude, None, (s.name,) if venue else ())
        for s in found.sources
    ]
    lines = [Line(("from", f.source_id), ("venue", f.venue_id), f.people) for f in found.flows]
    series = reader().get_one(Series, plan.series_id)
    return render_template(
        "timetable/map.html",
        plan=plan,
        found=found,
        venue=venue,
        period=period,
        periods=periods,
        sheets=[draw_map(spots, lines, width) for width in SHEETS],
        numbers={each.id: n for n, each in enumerate(found.venues, 1)},
        venues={each.id: each for each in found.venues},
        sources={each.id: each for each in found.sources},
        flows=found.flows[:SHOWN_FLOWS],
        series=series,
        way=way_to(plan),
    )


@blueprint.get("/plans/<token:token>/map/moves")
@requires(*PLANS)
def show_moves_map(token: str) -> ResponseReturnValue:
    """Show on a map from which venue to which a repair takes people."""
    plan = queries.access_plan(reader(), current_actor(), token)
    is_first = queries.versions(reader(), plan) == [plan.id]
    moves = [] if is_first else geography.moves_between(reader(), plan)
    venues = geography.venues_of_moves(reader(), plan, moves)
    spots = [_circle(each) for each in venues]
    lines = [
        Line(("venue", move.before_id), ("venue", move.after_id), move.people)
        for move in moves
        if move.before_id and move.after_id and move.before_id != move.after_id
    ]
    return render_template(
        "timetable/map_moves.html",
        plan=plan,
        is_first=is_first,
        moves=moves,
        total=sum(move.people for move in moves),
        sheets=[draw_map(spots, lines, width) for width in SHEETS],
        numbers={each.id: n for n, each in enumerate(venues, 1)},
        venues={each.id: each for each in venues},
        way=way_to(plan),
    )


@blueprint.get("/plans/<token:token>/spread")
@requires(*PLANS)
def show_spread(token: str) -> ResponseReturnValue:
    """Show how journeys, papers a day, full rooms and duties are spread."""
    plan = queries.access_plan(reader(), current_actor(), token)
    journeys = spread.journeys_of(reader(), queries.versions(reader(), plan))
    return render_template(
        "timetable/spread.html",
        plan=plan,
        spread=spread.spread_of(reader(), plan, journeys),
        kilometre_words=_steps(KILOMETRE_STEPS, "km"),
        fill_words=_steps(FILL_STEPS, "%"),
        longest=spread.longest_journeys(reader(), plan, journeys),
        way=way_to(plan),
    )


@blueprint.get("/plans/<token:token>/clashes")
@requires(*PLANS)
def list_clashes(token: str) -> ResponseReturnValue:
    """Show whose papers are worth a look, by kind; every paper leads to its entry."""
    plan = queries.access_plan(reader(), current_actor(), token)
    window = asked_window("kind")
    found = clashes.clashes_of(reader(), plan, queries.problems(reader(), plan))
    asked = request.args.get("kind")
    kind = asked_of(ClashKind, "kind", ClashKind.NEAR) if asked else None
    wanted = [clash for clash in found if kind in (None, clash.kind)]
    shown = wanted[window.offset : window.offset + window.limit]
    return render_template(
        "timetable/clashes.html",
        plan=plan,
        page=window.page(shown, len(wanted)),
        kind=kind,
        counts=clashes.clash_counts(found),
        papers=clashes.papers_of_clashes(reader(), shown),
        clash_words=CLASH_WORDS,
        near=NEAR_MINUTES,
        way=way_to(plan),
    )


@blueprint.get("/plans/<token:token>/compare")
@requires(*PLANS)
def compare_plans(token: str) -> ResponseReturnValue:
    """Show what differs between this version and another: in words, on the grid, by entry."""
    plan = queries.access_plan(reader(), current_actor(), token)
    window = asked_window("with")
    others = compare.others_of(reader(), plan)
    before = _asked_plan(others, plan)
    facts = {}
    if before is not None:
        found = compare.difference(reader(), before, plan)
        periods, lines = compare.difference_grid(reader(), before, plan)
        rows = compare.difference_rows(
            reader(), before, plan, offset=window.offset, limit=window.limit
        )
        zone = reader().get_one(Series, plan.series_id).time_zone
        facts = {
            "difference": found,
            "periods": periods,
            "days": [clock.at_venue(p.starts_at, zone).date() for p in periods],
            "zone": zone,
            "lines": lines,
            "page": window.page(rows, found.moved + found.gained + found.lost),
        }
    return render_template(
        "timetable/compare.html",
        plan=plan,
        others=others,
        before=before,
        way=way_to(plan),
        **facts,
    )


def _asked_plan(others: list[Plan], plan: Plan) -> Plan | None:
    """Return the version asked for, else the newest one before this, else any."""
    asked = request.args.get("with", "")
    earlier = [other for other in others if other.number < plan.number]
    chosen = [other for other in others if str(other.number) == asked]
    return next(iter([*chosen, *earlier, *others]), None)


def _circle(venue: geography.MapVenue) -> Spot:
    """Return a venue as a circle; where its name finds no room its park's or its code may."""
    return Spot(
        ("venue", venue.id),
        venue.latitude,
        venue.longitude,
        venue.people,
        (venue.name, venue.park, venue.code),
    )


def _steps(steps: tuple[int, ...], unit: str) -> list[str]:
    """Return the words under the columns of a picture."""
    lower = (0, *steps)
    return [
        *(f"{low}–{high} {unit}" for low, high in zip(lower, steps, strict=False)),
        _("over %(number)s %(unit)s", number=steps[-1], unit=unit),
    ]
