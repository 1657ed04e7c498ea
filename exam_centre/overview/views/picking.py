"""Pick rooms of a series at random, by a seed that anybody can type again."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from exam_centre.calendar.queries import access_series
from exam_centre.kernel import clock
from exam_centre.kernel.database import unit_of_work
from exam_centre.kernel.permissions import Permission
from exam_centre.overview import queries, service
from exam_centre.overview.forms import PickForm
from exam_centre.overview.rules import (
    NoRoomsHere,
    SeedTooShort,
    WrongNumberOfRooms,
    pick,
)
from exam_centre.overview.views.blueprint import blueprint
from exam_centre.webkit.access import current_actor, requires
from exam_centre.webkit.database import reader
from exam_centre.webkit.form import show_refusal, typed


@blueprint.route("/audit/series/<code>/pick", methods=["GET", "POST"])
@requires(Permission.READ_AUDIT)
def pick_rooms(code: str) -> ResponseReturnValue:
    """Pick rooms of a series; show what was picked before, and whether it comes out again."""
    session, actor = reader(), current_actor()
    series = access_series(session, actor, code)
    form = PickForm.from_request()
    if form.submitted():
        try:
            with unit_of_work() as writing:
                picked = service.pick_rooms(
                    writing,
                    actor,
                    access_series(writing, actor, code),
                    seed=typed(form.seed),
                    count=form.count.data or 0,
                    now=clock.now(),
                )
                number = len(picked)
        except WrongNumberOfRooms as refusal:
            show_refusal(form.count, refusal)
        except (SeedTooShort, NoRoomsHere) as refusal:
            show_refusal(form.seed, refusal)
        else:
            flash(_("%(count)s rooms picked. The trail keeps it.", count=number), "success")
            return redirect(url_for(".pick_rooms", code=code), 303)
    names = queries.names_to_pick(session, actor, series.id)
    picks = queries.picks_of(session, actor, series.id)
    return render_template(
        "overview/pick.html",
        series=series,
        form=form,
        rooms=len(names),
        picks=[(each, _comes_again(each, names)) for each in picks],
    )


def _comes_again(each: queries.Pick, names: dict[str, int]) -> bool | None:
    """Say whether the seed gives the same rooms today; None: another person's reach drew them."""
    if each.person_id != current_actor().person_id:
        return None
    drawn = [names[name] for name in pick(names, len(each.rooms), each.seed)]
    return drawn == [spot.room_session_id for spot in each.rooms]
