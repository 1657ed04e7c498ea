"""Units and what stands under them, parks, enterprises, and the shifts of their teams."""

import re
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from exam_centre.kernel import clock
from exam_centre.kernel.permissions import Permission, Place
from exam_centre.organisation import queries, service
from exam_centre.organisation.forms import ShiftForm, SiteForm, UnitForm
from exam_centre.organisation.models import Park, Unit
from exam_centre.organisation.queries import SEERS
from exam_centre.organisation.rules import (
    HOME_ZONE,
    LEVEL_SENTENCES,
    CodeTaken,
    EndsTooEarly,
    NobodysShift,
    ShiftOverlaps,
    WrongParent,
    WrongPosition,
    bars_of,
)
from exam_centre.webkit.access import current_actor, requires
from exam_centre.webkit.acting import done, saving
from exam_centre.webkit.database import reader
from exam_centre.webkit.form import moment_on, typed
from exam_centre.webkit.navigation import NavItem
from exam_centre.webkit.paging import asked_window

blueprint = Blueprint("organisation", __name__, url_prefix="/organisation")

NAVIGATION = (NavItem(_l("Units and parks"), "organisation.show_tree", SEERS),)

WEEK = re.compile(r"(20[0-9]{2})-W([0-9]{2})")
WHOLE_TREE = 300  # units; a larger reach opens level by level
Places = list[tuple[str, str | None]]


@blueprint.get("/")
@requires(*SEERS)
def show_tree() -> ResponseReturnValue:
    """Show the units within reach, each with what stands under it."""
    units = queries.units_within(reader(), current_actor())
    known = {unit.id for unit in units}
    tops = [unit for unit in units if unit.parent_id not in known]
    if len(units) > WHOLE_TREE:
        shown = {unit.id for unit in tops}
        units = [unit for unit in units if unit.id in shown or unit.parent_id in shown]
    lines = queries.count_under(reader(), units)
    return render_template(
        "organisation/tree.html",
        tops=[line for line in lines if line.unit.parent_id not in known],
        under=_by_parent(lines),
        levels=LEVEL_SENTENCES,
    )


@blueprint.get("/units/<unit>")
@requires(*SEERS)
def show_unit(unit: str) -> ResponseReturnValue:
    """Show one unit: what stands directly under it, and its parks."""
    found = queries.access_unit(reader(), current_actor(), unit)
    children = queries.children_of(reader(), found)
    return render_template(
        "organisation/unit.html",
        unit=found,
        way=_way_to(found)[:-1],
        children=queries.count_under(reader(), children),
        parks=queries.parks_of(reader(), found),
        levels=LEVEL_SENTENCES,
        may_run=current_actor().may(Permission.RUN_ORGANISATION, Place(found.path)),
    )


@blueprint.route("/units/<unit>/add-unit", methods=["GET", "POST"])
@requires(Permission.RUN_ORGANISATION)
def add_unit(unit: str) -> ResponseReturnValue:
    """Add a unit under this one."""
    actor = current_actor()
    parent = queries.access_unit(reader(), actor, unit)
    form = UnitForm.from_request()
    if form.submitted():
        with saving({CodeTaken: form.code, WrongParent: form.level}) as session:
            service.found_unit(
                session,
                actor,
                code=typed(form.code),
                name=typed(form.name),
                level=form.chosen(),
                parent=queries.access_unit(session, actor, unit),
                now=clock.now(),
            )
        if not form.errors:
            return done(_("The unit is added."), ".show_unit", unit=form.code.data)
    return render_template("organisation/add_unit.html", form=form, way=_way_to(parent))


@blueprint.route("/units/<unit>/add-park", methods=["GET", "POST"])
@requires(Permission.RUN_ORGANISATION)
def add_park(unit: str) -> ResponseReturnValue:
    """Add a park that this unit looks after."""
    actor = current_actor()
    keeper = queries.access_unit(reader(), actor, unit)
    form = SiteForm.from_request()
    if form.submitted() and form.latitude.data is not None and form.longitude.data is not None:
        with saving({CodeTaken: form.code, WrongPosition: form.latitude}) as session:
            service.add_park(
                session,
                actor,
                queries.access_unit(session, actor, unit),
                code=typed(form.code),
                name=typed(form.name),
                latitude=form.latitude.data,
                longitude=form.longitude.data,
                now=clock.now(),
            )
        if not form.errors:
            return done(_("The park is added."), ".show_park", park=form.code.data)
    return render_template("organisation/add_park.html", form=form, way=_way_to(keeper))


@blueprint.get("/parks/<park>")
@requires(*SEERS)
def show_park(park: str) -> ResponseReturnValue:
    """Show one park and its enterprises."""
    found = queries.access_park(reader(), current_actor(), park)
    keeper = reader().get_one(Unit, found.unit_id)
    window = asked_window()
    rows, total = queries.enterprises_of(
        reader(), found, window.text, offset=window.offset, limit=window.limit
    )
    return render_template(
        "organisation/park.html",
        park=found,
        unit=keeper,
        way=_way_to(keeper),
        page=window.page(rows, total),
        may_run=current_actor().may(Permission.RUN_ORGANISATION, Place(keeper.path)),
    )


@blueprint.route("/parks/<park>/add-enterprise", methods=["GET", "POST"])
@requires(Permission.RUN_ORGANISATION)
def add_enterprise(park: str) -> ResponseReturnValue:
    """Add an employer in this park."""
    actor = current_actor()
    found = queries.access_park(reader(), actor, park)
    form = SiteForm.from_request(latitude=found.latitude, longitude=found.longitude)
    if form.submitted() and form.latitude.data is not None and form.longitude.data is not None:
        with saving({CodeTaken: form.code, WrongPosition: form.latitude}) as session:
            service.add_enterprise(
                session,
                actor,
                queries.access_park(session, actor, park),
                code=typed(form.code),
                name=typed(form.name),
                latitude=form.latitude.data,
                longitude=form.longitude.data,
                now=clock.now(),
            )
        if not form.errors:
            return done(
                _("The enterprise is added."), ".show_enterprise", enterprise=form.code.data
            )
    return render_template("organisation/add_enterprise.html", form=form, way=_way_to_park(found))


@blueprint.get("/enterprises/<enterprise>")
@requires(*SEERS)
def show_enterprise(enterprise: str) -> ResponseReturnValue:
    """Show one enterprise and a week of one of its teams."""
    return _enterprise_page(enterprise, ShiftForm(formdata=None))


@blueprint.post("/enterprises/<enterprise>/shifts")
@requires(Permission.RUN_ORGANISATION)
def plan_shift(enterprise: str) -> ResponseReturnValue:
    """Add a shift of a team or of one worker."""
    actor = current_actor()
    form = ShiftForm.from_request()
    if form.submitted() and form.starts.data and form.ends.data:
        team = typed(form.team)
        week = form.starts.data.date().isocalendar()
        refused_at = {
            NobodysShift: form.team,
            EndsTooEarly: form.ends,
            ShiftOverlaps: form.starts,
        }
        with saving(refused_at) as session:
            service.plan_shift(
                session,
                actor,
                queries.access_enterprise(session, actor, enterprise),
                team=team,
                work_no=typed(form.work_no),
                starts_at=moment_on(form.starts.data, HOME_ZONE),
                ends_at=moment_on(form.ends.data, HOME_ZONE),
                now=clock.now(),
            )
        if not form.errors:
            return done(
                _("The shift is planned."),
                ".show_enterprise",
                enterprise=enterprise,
                team=team or None,
                week=f"{week.year}-W{week.week:02d}",
            )
    return _enterprise_page(enterprise, form)


def _enterprise_page(code: str, form: ShiftForm) -> ResponseReturnValue:
    found = queries.access_enterprise(reader(), current_actor(), code)
    park = reader().get_one(Park, found.park_id)
    teams = queries.teams_of(reader(), found.id)
    team = request.args.get("team", teams[0] if teams else "")
    monday = _asked_monday()
    starts_at = moment_on(datetime.combine(monday, time()), HOME_ZONE)
    shifts = [
        shift
        for shift in queries.shifts_between(
            reader(), [found.id], starts_at, starts_at + timedelta(days=7)
        )
        if shift.team == team
    ]
    spans = [(shift.starts_at, shift.ends_at, shift.team or shift.work_no) for shift in shifts]
    return render_template(
        "organisation/enterprise.html",
        form=form,
        enterprise=found,
        way=_way_to_park(park),
        park=park,
        teams=teams,
        team=team,
        shifts=shifts,
        bars=bars_of(spans, monday, 7, HOME_ZONE),
        days=[monday + timedelta(days=day) for day in range(7)],
        before=_week(monday - timedelta(days=7)),
        after=_week(monday + timedelta(days=7)),
        may_run=current_actor().may(
            Permission.RUN_ORGANISATION, queries.place_of_enterprise(reader(), found.id)
        ),
    )


def _asked_monday() -> date:
    asked = WEEK.fullmatch(request.args.get("week", ""))
    if asked and 1 <= int(asked[2]) <= 52:
        return date.fromisocalendar(int(asked[1]), int(asked[2]), 1)
    today = clock.at_venue(clock.now(), HOME_ZONE).date()
    return today - timedelta(days=today.weekday())


def _week(monday: date) -> str:
    year, week, _day = monday.isocalendar()
    return f"{year}-W{week:02d}"


def _by_parent(lines: Sequence[queries.UnitLine]) -> dict[int, list[queries.UnitLine]]:
    under: dict[int, list[queries.UnitLine]] = {}
    for line in lines:
        if line.unit.parent_id is not None:
            under.setdefault(line.unit.parent_id, []).append(line)
    return under


def _way_to(unit: Unit) -> Places:
    """Return the breadcrumb down to a unit; units above the actor's own reach are plain words."""
    mine = {known.id for known in queries.units_within(reader(), current_actor())}
    places: Places = [(_("Units and parks"), url_for(".show_tree"))]
    for above in queries.units_above(reader(), unit):
        address = url_for(".show_unit", unit=above.code) if above.id in mine else None
        places.append((above.name, address))
    return places


def _way_to_park(park: Park) -> Places:
    keeper = reader().get_one(Unit, park.unit_id)
    return [*_way_to(keeper), (park.name, url_for(".show_park", park=park.code))]
