"""What people fill in about venues, rooms and desks."""

import re

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
from exam_centre.webkit.form import (
    DecimalNumberField,
    SafeForm,
    WallClockField,
    WholeNumberField,
    typed,
    words_of,
)

CODE = r"^[A-Za-z0-9][A-Za-z0-9-]{0,31}$"
CODE_MESSAGE = _l("A code has up to 32 letters, digits and dashes.")
NUMBERS = re.compile(r"[0-9]+")
NUMBER_LIST = r"^[0-9]{1,4}([\s,;，、；]+[0-9]{1,4})*$"
NUMBER_LIST_MESSAGE = _l("Type desk numbers with commas between them, such as 7, 12.")
LONGEST_NAME = 80
LONGEST_TEXT = 2000


class ApplyForm(SafeForm):
    """A new venue: where, what it is called, and what the centre says about it."""

    unit = SelectField(_l("Who applies"))
    park = SelectField(_l("Park"))
    kind = SelectField(_l("Kind"), choices=words_of(VENUE_KIND_SENTENCES))
    code = StringField(
        _l("Venue code"),
        description=_l("It stands on slips and door lists, such as 32-04-SIP."),
        validators=[
            InputRequired(_l("Type a code for the venue.")),
            Regexp(CODE, message=CODE_MESSAGE),
        ],
    )
    name = StringField(
        _l("Name"),
        validators=[InputRequired(_l("Type the venue's name.")), Length(max=LONGEST_NAME)],
    )
    latitude = DecimalNumberField(
        _l("Latitude"),
        description=_l("In degrees with up to 5 decimals, such as 31.32420."),
        validators=[InputRequired(_l("Type the latitude."))],
    )
    longitude = DecimalNumberField(
        _l("Longitude"), validators=[InputRequired(_l("Type the longitude."))]
    )
    statement = TextAreaField(
        _l("Statement"),
        description=_l("The secure room, the rooms for exams, and the staff: what reviewers need."),
        render_kw={"rows": 6},
        validators=[
            InputRequired(_l("Say what the reviewers need to know.")),
            Length(max=LONGEST_TEXT, message=_l("This is longer than 2000 characters.")),
        ],
    )


class ApplyAgainForm(SafeForm):
    """What is asked about a venue the records know."""

    kind = SelectField(_l("What is asked for"), choices=words_of(APPLICATION_KIND_SENTENCES))
    statement = TextAreaField(
        _l("Statement"),
        description=_l("What changed, and what stays: the reviewers read this."),
        render_kw={"rows": 6},
        validators=[
            InputRequired(_l("Say what the reviewers need to know.")),
            Length(max=LONGEST_TEXT, message=_l("This is longer than 2000 characters.")),
        ],
    )

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
    missing = StringField(
        _l("Desks that are not there"),
        description=_l("Their numbers on the drawing; the other desks keep theirs."),
        validators=[Optional(), Regexp(NUMBER_LIST, message=NUMBER_LIST_MESSAGE)],
    )
    wheelchair = StringField(
        _l("Desks with room for a wheelchair"),
        validators=[Optional(), Regexp(NUMBER_LIST, message=NUMBER_LIST_MESSAGE)],
    )
    left_handed = StringField(
        _l("Desks for left-handed people"),
        validators=[Optional(), Regexp(NUMBER_LIST, message=NUMBER_LIST_MESSAGE)],
    )

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

    code = StringField(
        _l("Room number"),
        description=_l("As on the door, such as 204."),
        validators=[
            InputRequired(_l("Type the number on the door.")),
            Regexp(CODE, message=CODE_MESSAGE),
        ],
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


def _numbers(field: StringField) -> list[int]:
    return [int(number) for number in NUMBERS.findall(typed(field))]
