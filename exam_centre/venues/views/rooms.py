"""A room: its desks drawn, drawn anew with a preview, and the times it is not for exams."""

from datetime import timedelta

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from exam_centre.kernel import clock
from exam_centre.kernel.permissions import Permission
from exam_centre.organisation.rules import CodeTaken, EndsTooEarly
from exam_centre.venues import queries, service
from exam_centre.venues.forms import BookingForm, DeskForm, RoomForm
from exam_centre.venues.models import Layout, Venue
from exam_centre.venues.rules import (
    DOOR_SENTENCES,
    PATTERN_SENTENCES,
    ROOM_KIND_SENTENCES,
    Door,
    Drawing,
    NoSuchDesk,
    NoSuchNumber,
    Pattern,
    RoomKind,
    WrongGrid,
)
from exam_centre.venues.views.menu import SEERS, blueprint, way_to
from exam_centre.webkit.access import current_actor, requires
from exam_centre.webkit.acting import done, saving
from exam_centre.webkit.database import reader
from exam_centre.webkit.form import moment_on, show_refusal, typed

FAR = timedelta(days=400)  # bookings further ahead than a year are not shown
STANDARD = Drawing(6, 5, Pattern.S, Door.FRONT_LEFT)  # the national room: 30 single desks


@blueprint.get("/rooms/<token:room>")
@requires(*SEERS)
def show_room(room: str) -> ResponseReturnValue:
    """Show one room as it stands, and when it is taken."""
    return _room_page(room, BookingForm(formdata=None))


@blueprint.post("/rooms/<token:room>/bookings")
@requires(Permission.RUN_VENUE)
def book_room(room: str) -> ResponseReturnValue:
    """Keep the room free of exams for a time."""
    actor = current_actor()
    form = BookingForm.from_request()
    if form.submitted() and form.starts.data and form.ends.data:
        known = queries.access_room(reader(), actor, room)
        zone = reader().get_one(Venue, known.venue_id).time_zone
        with saving({EndsTooEarly: form.ends}) as session:
            service.book_room(
                session,
                actor,
                queries.access_room(session, actor, room),
                starts_at=moment_on(form.starts.data, zone),
                ends_at=moment_on(form.ends.data, zone),
                reason=typed(form.reason),
                now=clock.now(),
            )
        if not form.errors:
            return done(_("The room is booked for that time."), ".show_room", room=room)
    return _room_page(room, form)


@blueprint.route("/<token:venue>/rooms/add", methods=["GET", "POST"])
@requires(Permission.RUN_VENUE)
def add_room(venue: str) -> ResponseReturnValue:
    """Add a room with the first drawing of its desks; without a script, with a preview."""
    actor = current_actor()
    known = queries.access_venue(reader(), actor, venue)
    form = RoomForm.from_request(rows=STANDARD.grid_rows, columns=STANDARD.grid_columns)
    drawing = _drawn(form)
    if drawing is not None and "preview" not in request.form:
        with saving({CodeTaken: form.code}) as session:
            room = service.add_room(
                session,
                actor,
                queries.access_venue(session, actor, venue),
                code=typed(form.code),
                kind=RoomKind(form.kind.data),
                rows=drawing.grid_rows,
                columns=drawing.grid_columns,
                pattern=drawing.pattern,
                door=drawing.door,
                missing=drawing.missing,
                wheelchair=drawing.wheelchair,
                left_handed=drawing.left_handed,
                name=typed(form.name),
                floor=typed(form.floor),
                now=clock.now(),
            )
        if not form.errors:
            return done(_("The room is added."), ".show_room", room=room.token)
    return render_template(
        "venues/add_room.html",
        form=form,
        venue=known,
        way=way_to(known),
        drawing=drawing if form.is_submitted() else STANDARD,
    )


@blueprint.route("/rooms/<token:room>/layout", methods=["GET", "POST"])
@requires(Permission.RUN_VENUE)
def draw_layout(room: str) -> ResponseReturnValue:
    """Draw the desks anew; those seated by an earlier drawing keep its desks."""
    actor = current_actor()
    known = queries.access_room(reader(), actor, room)
    now_there = _drawing_of(queries.layout_of(reader(), known.id), known.id)
    form = DeskForm.from_request(**_as_typed(now_there))
    drawing = _drawn(form)
    if drawing is not None and "preview" not in request.form:
        with saving() as session:
            service.draw_layout(
                session,
                actor,
                queries.access_room(session, actor, room),
                rows=drawing.grid_rows,
                columns=drawing.grid_columns,
                pattern=drawing.pattern,
                door=drawing.door,
                missing=drawing.missing,
                wheelchair=drawing.wheelchair,
                left_handed=drawing.left_handed,
                now=clock.now(),
            )
        return done(_("The new drawing holds from now on."), ".show_room", room=room)
    return render_template(
        "venues/draw_layout.html",
        form=form,
        room=known,
        way=way_to(reader().get_one(Venue, known.venue_id), known),
        drawing=drawing if form.is_submitted() else now_there,
    )


def _room_page(token: str, form: BookingForm) -> ResponseReturnValue:
    session, actor = reader(), current_actor()
    room = queries.access_room(session, actor, token)
    venue = session.get_one(Venue, room.venue_id)
    now = clock.now()
    return render_template(
        "venues/room.html",
        form=form,
        room=room,
        venue=venue,
        way=way_to(venue, room),
        layouts=queries.layouts_of(session, room.id),
        seats=queries.seats_of(session, room.id),
        bookings=queries.bookings_of(session, [room.id], now, now + FAR),
        kinds=ROOM_KIND_SENTENCES,
        patterns=PATTERN_SENTENCES,
        doors=DOOR_SENTENCES,
        may_run=actor.may(Permission.RUN_VENUE, queries.place_of_room(session, room.id)),
    )


def _drawn(form: DeskForm) -> Drawing | None:
    """Return what the form draws, or None where it was not sent or can not be a room."""
    if not form.submitted():
        return None
    try:
        drawing = form.drawing()
        drawing.desks()
    except NoSuchNumber as refusal:
        field = next(
            (
                field
                for field in (form.missing, form.wheelchair, form.left_handed)
                if str(refusal.number) in typed(field)
            ),
            form.missing,
        )
        show_refusal(field, refusal)
        return None
    except (NoSuchDesk, WrongGrid) as refusal:
        show_refusal(form.missing, refusal)
        return None
    return drawing


def _drawing_of(layout: Layout, room_id: int) -> Drawing:
    seats = queries.seats_of(reader(), room_id)
    there = {(seat.grid_row, seat.grid_column) for seat in seats}
    grid = {
        (row, column)
        for row in range(1, layout.grid_rows + 1)
        for column in range(1, layout.grid_columns + 1)
    }
    return Drawing(
        layout.grid_rows,
        layout.grid_columns,
        layout.pattern,
        layout.door,
        missing=frozenset(grid - there),
        wheelchair=frozenset((s.grid_row, s.grid_column) for s in seats if s.wheelchair),
        left_handed=frozenset((s.grid_row, s.grid_column) for s in seats if s.left_handed),
    )


def _as_typed(drawing: Drawing) -> dict[str, object]:
    """Return a drawing as the form's fields hold it."""
    bare = Drawing(drawing.grid_rows, drawing.grid_columns, drawing.pattern, drawing.door)
    number = {(desk.grid_row, desk.grid_column): desk.number for desk in bare.desks()}
    words = {
        name: ", ".join(str(n) for n in sorted(number[desk] for desk in getattr(drawing, name)))
        for name in ("missing", "wheelchair", "left_handed")
    }
    return {
        "rows": drawing.grid_rows,
        "columns": drawing.grid_columns,
        "pattern": drawing.pattern,
        "door": drawing.door,
        **words,
    }
