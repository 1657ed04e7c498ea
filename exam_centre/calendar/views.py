"""Series, their periods as a picture, deadlines, and the versions of their rules."""

from datetime import date
from itertools import pairwise

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from exam_centre.calendar import queries, service
from exam_centre.calendar.forms import (
    DeadlineForm,
    PeriodForm,
    ReopenForm,
    RulesForm,
    SeriesForm,
)
from exam_centre.calendar.models import Period, Series
from exam_centre.calendar.rules import (
    DEADLINE_SENTENCES,
    RULE_SENTENCES,
    SERIES_SENTENCES,
    SeriesNotOpen,
    SeriesStatus,
    StartTaken,
    WrongRule,
    changed_rules,
)
from exam_centre.kernel import clock
from exam_centre.kernel.clock import at_venue
from exam_centre.kernel.permissions import Permission
from exam_centre.organisation.models import Unit
from exam_centre.organisation.queries import access_unit, units_above, units_within
from exam_centre.organisation.rules import Bar, CodeTaken, EndsTooEarly, bars_of
from exam_centre.webkit.access import current_actor, requires
from exam_centre.webkit.acting import done, saving
from exam_centre.webkit.database import reader
from exam_centre.webkit.form import ActForm, SafeForm, moment_on, show_refusal, typed
from exam_centre.webkit.navigation import NavItem

blueprint = Blueprint("calendar", __name__, url_prefix="/calendar")

SEERS = (
    Permission.RUN_SERIES,
    Permission.SEE_ORGANISATION,
    Permission.RUN_ROOM,
    Permission.READ_AUDIT,
)
NAVIGATION = (NavItem(_l("Calendar"), "calendar.list_series", SEERS),)
MOST_DAYS = 62  # a picture of more days than a computer window has says nothing


@blueprint.get("/")
@requires(*SEERS)
def list_series() -> ResponseReturnValue:
    """Show the series of the network, newest first."""
    found = queries.list_series(reader(), current_actor())
    periods: dict[int, list[Period]] = {}
    for period in queries.periods_of(reader(), [series.id for series in found]):
        periods.setdefault(period.series_id, []).append(period)
    return render_template(
        "calendar/list.html",
        series=found,
        periods=periods,
        statuses=SERIES_SENTENCES,
        may_run=bool(units_within(reader(), current_actor(), [Permission.RUN_SERIES])),
    )


@blueprint.route("/open", methods=["GET", "POST"])
@requires(Permission.RUN_SERIES)
def open_series() -> ResponseReturnValue:
    """Open a series, for entries to come in."""
    actor = current_actor()
    units = units_within(reader(), actor, [Permission.RUN_SERIES])
    form = SeriesForm.from_request()
    form.unit.choices = [(unit.code, unit.name) for unit in units]
    if form.submitted():
        with saving({CodeTaken: form.code}) as session:
            service.open_series(
                session,
                actor,
                access_unit(session, actor, form.unit.data),
                code=typed(form.code),
                name=typed(form.name),
                now=clock.now(),
            )
        if not form.errors:
            return done(
                _("The series is open. Add its periods and set its rules."),
                ".show_series",
                series=form.code.data,
            )
    return render_template("calendar/open_series.html", form=form)


@blueprint.get("/<series>")
@requires(*SEERS)
def show_series(series: str) -> ResponseReturnValue:
    """Show one series: its periods, its deadlines, and what its rules were and are."""
    return _page(series)


@blueprint.post("/<series>/periods")
@requires(Permission.RUN_SERIES)
def add_period(series: str) -> ResponseReturnValue:
    """Add a period."""
    actor = current_actor()
    form = PeriodForm.from_request()
    if form.submitted() and form.starts.data and form.ends.data:
        refused_at = {
            EndsTooEarly: form.ends,
            StartTaken: form.starts,
            CodeTaken: form.code,
            SeriesNotOpen: form.code,
        }
        with saving(refused_at) as session:
            found = queries.access_series(session, actor, series)
            service.add_period(
                session,
                actor,
                found,
                code=typed(form.code),
                starts_at=moment_on(form.starts.data, found.time_zone),
                ends_at=moment_on(form.ends.data, found.time_zone),
                now=clock.now(),
            )
        if not form.errors:
            return done(_("The period is added."), ".show_series", series=series)
    return _page(series, period_form=form)


@blueprint.post("/<series>/deadlines")
@requires(Permission.RUN_SERIES)
def set_deadline(series: str) -> ResponseReturnValue:
    """Set, or move, the last moment for something."""
    actor = current_actor()
    form = DeadlineForm.from_request()
    if form.submitted() and form.at.data:
        with saving({SeriesNotOpen: form.kind}) as session:
            found = queries.access_series(session, actor, series)
            service.set_deadline(
                session,
                actor,
                found,
                form.about(),
                at=moment_on(form.at.data, found.time_zone),
                reason=typed(form.reason),
                now=clock.now(),
            )
        if not form.errors:
            return done(_("The deadline is set."), ".show_series", series=series)
    return _page(series, deadline_form=form)


@blueprint.route("/<series>/rules", methods=["GET", "POST"])
@requires(Permission.RUN_SERIES)
def set_rules(series: str) -> ResponseReturnValue:
    """Write the next version of the series' rules."""
    actor = current_actor()
    found = queries.access_series(reader(), actor, series)
    profiles = queries.profiles_of(reader(), found.id)
    form = RulesForm.from_request(**(queries.rules_in(profiles[0]) if profiles else {}))
    form.name_rules()
    if form.submitted() and form.effective_from.data:
        try:
            with saving({SeriesNotOpen: form.source}) as session:
                service.set_rules(
                    session,
                    actor,
                    queries.access_series(session, actor, series),
                    source=typed(form.source),
                    effective_from=form.effective_from.data,
                    now=clock.now(),
                    **form.rules(),
                )
        except WrongRule as refusal:  # It names its field itself.
            show_refusal(form[refusal.rule], refusal)
        if not form.errors:
            return done(_("The rules are set."), ".show_series", series=series)
    return render_template(
        "calendar/set_rules.html", form=form, series=found, rules=list(RULE_SENTENCES)
    )


@blueprint.post("/<series>/close")
@requires(Permission.RUN_SERIES)
def close_series(series: str) -> ResponseReturnValue:
    """Close the series: nothing more is entered, planned or asked for."""
    actor = current_actor()
    if ActForm.from_request().submitted():
        with saving() as session:
            found = queries.access_series(session, actor, series)
            service.close_series(session, actor, found, now=clock.now())
        return done(_("The series is closed."), ".show_series", series=series)
    return _page(series)


@blueprint.post("/<series>/reopen")
@requires(Permission.RUN_SERIES)
def reopen_series(series: str) -> ResponseReturnValue:
    """Open a closed series again, with a reason."""
    actor = current_actor()
    form = ReopenForm.from_request()
    if form.submitted():
        with saving() as session:
            found = queries.access_series(session, actor, series)
            service.reopen_series(session, actor, found, reason=typed(form.reason), now=clock.now())
        return done(_("The series is open again."), ".show_series", series=series)
    return _page(series, reopen_form=form)


def _page(
    code: str,
    *,
    period_form: SafeForm | None = None,
    deadline_form: SafeForm | None = None,
    reopen_form: SafeForm | None = None,
) -> ResponseReturnValue:
    session, actor = reader(), current_actor()
    series = queries.access_series(session, actor, code)
    periods = queries.periods_of(session, [series.id])
    profiles = queries.profiles_of(session, series.id)
    days, bars, hours = _picture(series, periods)
    unit = session.get_one(Unit, series.unit_id)
    place = queries.place_of_series(session, series.id)
    return render_template(
        "calendar/series.html",
        series=series,
        way=[(above.name, None) for above in units_above(session, unit)],
        periods=periods,
        days=days,
        bars=bars,
        hours=hours,
        deadlines=queries.deadlines_of(session, series.id),
        deadline_words=DEADLINE_SENTENCES,
        profiles=profiles,
        rules=queries.rules_in(profiles[0]) if profiles else {},
        changes={
            after.version: changed_rules(queries.rules_in(before), queries.rules_in(after))
            for after, before in pairwise(profiles)
        },
        rule_words=RULE_SENTENCES,
        statuses=SERIES_SENTENCES,
        is_open=series.status is SeriesStatus.OPEN,
        is_closed=series.status is SeriesStatus.CLOSED,
        may_run=actor.may(Permission.RUN_SERIES, place),
        period_form=period_form or PeriodForm(formdata=None),
        deadline_form=deadline_form or DeadlineForm(formdata=None),
        reopen_form=reopen_form or ReopenForm(formdata=None),
        act_form=ActForm(formdata=None),
        now=clock.now(),
    )


def _picture(
    series: Series, periods: list[Period]
) -> tuple[list[date], list[Bar], tuple[int, int]]:
    """Return the days on which there are periods, the bars on them, and the hours they fill."""
    zone = series.time_zone
    days = sorted({at_venue(period.starts_at, zone).date() for period in periods})[:MOST_DAYS]
    if not days:
        return [], [], (8, 18)
    spans = [(period.starts_at, period.ends_at, period.code) for period in periods]
    every = bars_of(spans, days[0], (days[-1] - days[0]).days + 1, zone)
    row = {(day - days[0]).days: place for place, day in enumerate(days)}
    bars = [Bar(row[bar.day], bar.first, bar.last, bar.label) for bar in every if bar.day in row]
    first = min(bar.first for bar in bars) // 60
    last = -(-max(bar.last for bar in bars) // 60)
    return days, bars, (first, last)
