"""What people fill in about venues, rooms and desks."""

import re
from collections.abc import Iterable
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange, Optional, Regexp

from exam_centre.venues.rules import (
    APPLICATION_KIND_SENTENCES,
    DOOR_SENTENCES,
    MOST_DESKS_A_SIDE,
    PATTERN_SENTENCES,
    ROOM_KIND_SENTENCES,
    VENUE_KIND_SENTENCES,
    ApplicationKind,
    Door,
    Drawing,
    Pattern,
    desks_numbered,
)
from exam_centre.webkit.fields import code_field, latitude_field, longitude_field
from exam_centre.webkit.form import (
    SafeForm,
    WallClockField,
    WholeNumberField,
    typed,
    words_of,
)
from exam_centre.webkit.languages import said
from exam_centre.webkit.words import ROLE_NAMES

NUMBERS = re.compile(r"[0-9]+")
NUMBER_LIST = r"^[0-9]{1,4}([\s,;，、；]+[0-9]{1,4})*$"
NUMBER_LIST_MESSAGE = _l("Type desk numbers with commas between them, such as 7, 12.")
LONGEST_NAME = 80
LONGEST_TEXT = 2000


def _statement(description: Any) -> TextAreaField:
    return TextAreaField(
        _l("Statement"),
        description=description,
        render_kw={"rows": 6},
        validators=[
            InputRequired(_l("Say what the reviewers need to know.")),
            Length(max=LONGEST_TEXT, message=_l("This is longer than 2000 characters.")),
        ],
    )


class ApplyForm(SafeForm):
    """A new venue: where, what it is called, and what the centre says about it."""

    unit = SelectField(_l("Who applies"))
    park = SelectField(_l("Park"))
    kind = SelectField(_l("Kind"), choices=words_of(VENUE_KIND_SENTENCES))
    code = code_field(
        _l("Venue code"),
        _l("Type a code for the venue."),
        _l("It stands on slips and door lists, such as 32-04-SIP."),
    )
    name = StringField(
        _l("What it is called"),
        validators=[InputRequired(_l("Type the venue's name.")), Length(max=LONGEST_NAME)],
    )
    latitude = latitude_field()
    longitude = longitude_field()
    statement = _statement(
        _l("The secure room, the rooms for exams, and the staff: what reviewers need.")
    )


class ApplyAgainForm(SafeForm):
    """What is asked about a venue the records know."""

    kind = SelectField(_l("What is asked for"))
    statement = _statement(_l("What changed, and what stays: the reviewers read this."))

    def offer(self, kinds: Iterable[ApplicationKind]) -> None:
        """Let these be asked for."""
        self.kind.choices = [(kind.value, said(APPLICATION_KIND_SENTENCES[kind])) for kind in kinds]

    def asked(self) -> ApplicationKind:
        """Return what is asked for."""
        return ApplicationKind(self.kind.data)


class ReviewForm(SafeForm):
    """A reviewer's decision."""

    decision = RadioField(
        _l("Decision"),
        choices=[
            ("approve", _l("Approve: it goes one level up")),
            ("refuse", _l("Refuse the application")),
        ],
        validators=[InputRequired(_l("Choose one of the two."))],
    )
    reason = TextAreaField(
        _l("Reason"),
        description=_l("Needed where you refuse; the applicant reads it."),
        render_kw={"rows": 4},
        validators=[
            Length(max=LONGEST_TEXT, message=_l("This is longer than 2000 characters.")),
        ],
    )


def _desks(label: Any, description: Any = "") -> StringField:
    return StringField(
        label,
        description=description,
        render_kw={"autocomplete": "off"},
        validators=[Optional(), Regexp(NUMBER_LIST, message=NUMBER_LIST_MESSAGE)],
    )


class DeskForm(SafeForm):
    """How the desks of a room stand."""

    rows = WholeNumberField(
        _l("Desks from front to back"),
        validators=[
            InputRequired(_l("Type how many desks stand behind each other.")),
            NumberRange(1, MOST_DESKS_A_SIDE, _l("From 1 to 40.")),
        ],
    )
    columns = WholeNumberField(
        _l("Desks from side to side"),
        validators=[
            InputRequired(_l("Type how many desks stand beside each other.")),
            NumberRange(1, MOST_DESKS_A_SIDE, _l("From 1 to 40.")),
        ],
    )
    pattern = SelectField(_l("How the numbers run"), choices=words_of(PATTERN_SENTENCES))
    door = SelectField(_l("Front door, seen from the desks"), choices=words_of(DOOR_SENTENCES))
    missing = _desks(
        _l("Desks that are not there"),
        _l("Their numbers on the drawing; the other desks keep theirs."),
    )
    wheelchair = _desks(_l("Desks with room for a wheelchair"))
    left_handed = _desks(_l("Desks for left-handed people"))

    def drawing(self) -> Drawing:
        """Return what is drawn. Raises NoSuchNumber; ask after the shape was found right."""
        rows, columns = self.rows.data or 0, self.columns.data or 0
        pattern, door = Pattern(self.pattern.data), Door(self.door.data)
        special = [
            desks_numbered(rows, columns, pattern, door, _numbers(field))
            for field in (self.missing, self.wheelchair, self.left_handed)
        ]
        return Drawing(rows, columns, pattern, door, *special)


class RoomForm(DeskForm):
    """A room, and how its desks stand."""

    code = code_field(
        _l("Room number"), _l("Type the number on the door."), _l("As on the door, such as 204.")
    )
    name = StringField(_l("Name, where it has one"), validators=[Length(max=LONGEST_NAME)])
    floor = StringField(_l("Floor"), validators=[Length(max=16)])
    kind = SelectField(_l("Kind"), choices=words_of(ROOM_KIND_SENTENCES))


class BookingForm(SafeForm):
    """A time in which a room is not for exams."""

    starts = WallClockField(_l("From"), validators=[InputRequired(_l("Give the beginning."))])
    ends = WallClockField(_l("Until"), validators=[InputRequired(_l("Give the end."))])
    reason = StringField(
        _l("What for"),
        validators=[InputRequired(_l("Say what the room is used for.")), Length(max=200)],
    )


class StatusForm(SafeForm):
    """Why a venue is suspended, or what was mended."""

    reason = TextAreaField(
        _l("Reason"),
        description=_l("Whoever plans or works here reads it."),
        render_kw={"rows": 4},
        validators=[
            InputRequired(_l("Give a reason: the other side will read it.")),
            Length(max=LONGEST_TEXT, message=_l("This is longer than 2000 characters.")),
        ],
    )


class RoleForm(SafeForm):
    """A role for one of a person's users within a unit."""

    user = SelectField(_l("For whom"))
    role = SelectField(_l("Role"), choices=words_of(ROLE_NAMES))
    unit = SelectField(_l("Within"))


class ScopeForm(RoleForm):
    """The same, narrowed to a venue, a room of it, or a series."""

    venue = SelectField(_l("Venue"))
    room = StringField(
        _l("Room number"),
        description=_l("Only with one venue. Empty: every room there."),
        render_kw={"autocomplete": "off"},
        validators=[Length(max=32)],
    )
    series = SelectField(_l("Series"))


def _numbers(field: StringField) -> list[int]:
    return [int(number) for number in NUMBERS.findall(typed(field))]
