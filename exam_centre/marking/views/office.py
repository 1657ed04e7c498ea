"""The office's pages: rooms to code, bundles by state, giving out rounds, chasing, figures."""

from dataclasses import dataclass

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from exam_centre.calendar.models import Series
from exam_centre.kernel import clock
from exam_centre.kernel.database import unit_of_work
from exam_centre.kernel.errors import Refusal
from exam_centre.kernel.permissions import Permission
from exam_centre.marking import queries, service
from exam_centre.marking.forms import ActForm
from exam_centre.marking.models import Bundle
from exam_centre.marking.queries import markers, pages
from exam_centre.marking.queries.markers import MarkerChoice, MarkerFigures
from exam_centre.marking.queries.pages import BundleLine
from exam_centre.marking.rules import BundleStatus
from exam_centre.marking.rules.words import (
    ALLOCATION_NAMES,
    BUNDLE_NAMES,
    ROUND_NAMES,
    grouped,
)
from exam_centre.marking.views.base import blueprint
from exam_centre.webkit.access import current_actor, requires
from exam_centre.webkit.database import reader
from exam_centre.webkit.languages import said
from exam_centre.webkit.paging import asked_window

AT_ONCE = 40  # bundles given out on one page
WIDTH, HEIGHT = 200, 60  # of one small figure, in its own units
GAP_SHOWN = 10.0  # marks; a larger difference lies on the edge of its figure


@dataclass(frozen=True)
class Offer:
    """One round of one bundle to give out, and who could take it, the best first."""

    line: BundleLine
    round_no: int
    choices: list[MarkerChoice]
    fault: str = ""

    @property
    def field(self) -> str:
        """The name of its field in the form."""
        return f"{self.line.bundle.token}-{self.round_no}"


@dataclass(frozen=True)
class Figure:
    """One marker's figures with the shapes that draw them."""

    figures: MarkerFigures
    bars: list[tuple[float, float, float, float]]  # x, y, width, height
    gap_line: str  # points of a polyline


@blueprint.get("/office")
@requires(Permission.RUN_MARKING)
def office() -> ResponseReturnValue:
    """Show one series' marking: what waits, what is late, and every bundle by its state."""
    actor = current_actor()
    series, found = _asked_series([Permission.RUN_MARKING])
    if series is None:
        return render_template("marking/nothing.html")
    window = asked_window("series", "status")
    status = _asked_status()
    lines, total = pages.bundle_lines(
        reader(),
        actor,
        series.id,
        status=status,
        text=window.text,
        offset=window.offset,
        limit=window.limit,
    )
    counts = pages.count_bundles(reader(), actor, series.id)
    to_give = sum(counts[s] for s in (BundleStatus.CODED, BundleStatus.MARKING))
    return render_template(
        "marking/office.html",
        series=series,
        all_series=found,
        rooms=pages.rooms_to_code(reader(), actor, series.id),
        laws=(
            queries.law_codes(reader(), pages.rooms_in(reader(), actor, series.id)),
            queries.law_marks(reader(), pages.bundle_ids(reader(), actor, series.id)),
        ),
        chase=pages.chase_list(reader(), actor, series.id),
        deadline=pages.deadline_for_marks(reader(), series.id),
        now=clock.now(),
        counts=counts,
        to_give=to_give,
        page=window.page(lines, total),
        status=status[0] if len(status) == 1 else None,
        form=ActForm(formdata=None),
        bundle_names=BUNDLE_NAMES,
        allocation_names=ALLOCATION_NAMES,
        round_names=ROUND_NAMES,
        grouped=grouped,
    )


@blueprint.post("/office/code")
@requires(Permission.RUN_MARKING)
def code_rooms() -> ResponseReturnValue:
    """Code the scripts of the chosen rooms, or of none where one of them refuses."""
    actor, now = current_actor(), clock.now()
    series, _found = _asked_series([Permission.RUN_MARKING])
    if series is None:
        return redirect(url_for(".office"), 303)
    chosen = set(request.form.getlist("room"))
    with unit_of_work() as session:
        rooms = [
            room
            for room in pages.rooms_to_code(session, actor, series.id)
            if f"{room.room_session}-{room.where.paper_code}" in chosen
        ]
        for room in rooms:
            service.code_scripts(session, actor, room.room_session_id, room.sitting_id, now=now)
    if rooms:
        words = ngettext("One bundle coded.", "%(num)s bundles coded.", len(rooms))
        flash(words, "success")
    else:
        flash(_("No room was chosen, so nothing was coded."), "attend")
    return redirect(url_for(".office", series=series.code), 303)


@blueprint.route("/office/allocate", methods=["GET", "POST"])
@requires(Permission.RUN_MARKING)
def allocate() -> ResponseReturnValue:
    """Give out rounds of many bundles at once; the page suggests who, free of ties."""
    series, _found = _asked_series([Permission.RUN_MARKING])
    if series is None:
        return redirect(url_for(".office"))
    form = ActForm.from_request()
    faults: dict[str, str] = {}
    if form.submitted():
        offers = _offers(series, with_choices=False)
        given, faults = _give_out(offers)
        if not faults:
            words = ngettext("One round given out.", "%(num)s rounds given out.", given)
            flash(words if given else _("Nobody was chosen."), "success" if given else "attend")
            return redirect(url_for(".office", series=series.code), 303)
    return render_template(
        "marking/allocate.html",
        series=series,
        offers=_offers(series, with_choices=True, faults=faults),
        faults=faults,
        form=form,
        chosen=request.form,
        round_names=ROUND_NAMES,
        grouped=grouped,
    )


@blueprint.get("/office/markers")
@requires(Permission.RUN_MARKING)
def figures() -> ResponseReturnValue:
    """Show how each marker marks: how many, how high, how spread, and drifting or not."""
    series, found = _asked_series([Permission.RUN_MARKING])
    if series is None:
        return render_template("marking/nothing.html")
    found_figures = markers.marker_figures(reader(), current_actor(), series.id)
    highest = max((max(one.bins) / one.count for one in found_figures), default=1.0)
    return render_template(
        "marking/figures.html",
        series=series,
        all_series=found,
        figures=[_figure(one, highest) for one in found_figures],
        width=WIDTH,
        height=HEIGHT,
    )


def _asked_series(permissions: list[Permission]) -> tuple[Series | None, list[Series]]:
    """Return the series the address names, else the newest in reach, and all in reach."""
    found = pages.series_in_reach(reader(), current_actor(), permissions)
    asked = request.values.get("series", "")
    named = [series for series in found if series.code == asked]
    return next(iter(named or found), None), found


def _asked_status() -> list[BundleStatus]:
    asked = request.args.get("status", "")
    return [BundleStatus(asked)] if asked in set(BundleStatus) else list(BundleStatus)


def _offers(
    series: Series, *, with_choices: bool, faults: dict[str, str] | None = None
) -> list[Offer]:
    lines, _total = pages.bundle_lines(
        reader(),
        current_actor(),
        series.id,
        status=(BundleStatus.CODED, BundleStatus.MARKING),
        limit=100_000,
    )
    # Who runs marking here may still lack the role where another bundle lies.
    open_lines = [line for line in lines if line.open_rounds][:AT_ONCE]
    offers = []
    choices = markers.marker_choices(reader()) if with_choices else []
    suggested = (
        markers.suggest(reader(), choices, [line.bundle for line in open_lines])
        if with_choices
        else {}
    )
    for line in open_lines:
        fit = suggested.get(line.bundle.id, [])
        for nth, round_no in enumerate(line.open_rounds):
            # The two rounds of one bundle go to two people: the second starts at the next one.
            turned = fit[nth:] + fit[:nth]
            offer = Offer(line, round_no, turned)
            fault = (faults or {}).get(offer.field, "")
            offers.append(Offer(line, round_no, turned, fault))
    return offers


def _give_out(offers: list[Offer]) -> tuple[int, dict[str, str]]:
    """Give out what was chosen; where one is refused nothing is given. Returns (given, faults)."""
    actor, now = current_actor(), clock.now()
    chosen = [(offer, request.form.get(offer.field, "")) for offer in offers]
    given = [(offer, token) for offer, token in chosen if token]
    reader().rollback()
    fault_at = ""
    try:
        with unit_of_work() as session:
            for offer, token in given:
                fault_at = offer.field
                marker = markers.find_marker(session, token)
                if marker is None:
                    return 0, {fault_at: _("This person marks no more. Choose another.")}
                bundle = session.get_one(Bundle, offer.line.bundle.id)
                service.allocate(session, actor, bundle, offer.round_no, marker, now=now)
                session.flush()
    except Refusal as refusal:
        return 0, {fault_at: said(refusal.sentence)}
    return len(given), {}


def _figure(figures: MarkerFigures, highest: float) -> Figure:
    """Return the shapes of one marker's figure; all markers share one scale."""
    step = WIDTH / len(figures.bins)
    bars = []
    for nth, count in enumerate(figures.bins):
        tall = HEIGHT * count / figures.count / highest
        bars.append((round(nth * step + 1, 1), round(HEIGHT - tall, 1), step - 2, round(tall, 1)))
    points = []
    for nth, gap in enumerate(figures.gaps):
        held = max(-GAP_SHOWN, min(GAP_SHOWN, gap))
        x = (nth + 0.5) * WIDTH / len(figures.gaps)
        points.append(f"{x:.1f},{HEIGHT / 2 * (1 - held / GAP_SHOWN):.1f}")
    return Figure(figures, bars, " ".join(points))
