"""What is typed about timetables: seeds, searches, moves, reasons."""

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, SelectField, StringField
from wtforms import TextAreaField as AreaField
from wtforms.validators import InputRequired, Length, NumberRange

from exam_centre.timetable.queries.lockable import LockKind
from exam_centre.timetable.rules import SHORTEST_PART, PaperOrderKind
from exam_centre.webkit.form import SafeForm, WholeNumberField
from exam_centre.webkit.second_person import SecondPersonForm

LONGEST_PART = 128
EFFORTS = {"quick": 50, "usual": 150, "thorough": 1_000}  # moves for each entry


def _reason() -> StringField:
    return StringField(
        _l("Reason"),
        validators=[
            InputRequired(_l("Say why, in a sentence others will read later.")),
            Length(max=500, message=_l("500 characters at most.")),
        ],
    )


def _paper(label: str) -> StringField:
    return StringField(
        label, validators=[InputRequired(_l("Type the paper's code.")), Length(max=32)]
    )


class EmptyForm(SafeForm):
    """An act that needs nothing but the press of its button."""


class ReasonForm(SafeForm):
    """Why something is taken back or given up."""

    reason = AreaField(
        _l("Reason"),
        render_kw={"rows": 3},
        validators=[
            InputRequired(_l("Say why, in a sentence others will read later.")),
            Length(max=500, message=_l("500 characters at most.")),
        ],
    )


class WithdrawForm(SafeForm):
    """Why a venue is used no more."""

    reason = AreaField(
        _l("Reason"),
        description=_l("It stands on the venue’s page for everybody who works with it."),
        render_kw={"rows": 3},
        validators=[
            InputRequired(_l("Say why, in a sentence others will read later.")),
            Length(max=500, message=_l("500 characters at most.")),
        ],
    )


class WithdrawByTwoForm(WithdrawForm, SecondPersonForm):
    """The same where a published plan stands there: two people sign."""


class ReplaceForm(ReasonForm):
    """Who goes instead of somebody; the view gives the people."""

    person = SelectField(
        _l("Who goes instead"),
        description=_l("Only people who are trained, free then and tied to nobody in the room."),
    )


class SwapDutiesForm(ReasonForm):
    """With whose duty one is swapped; the view gives the duties."""

    other = SelectField(_l("Swap with"), description=_l("Both people answer anew; both are told."))


class AskSwapForm(ReasonForm):
    """Whose duty one would take for one's own; the view gives the duties."""

    other = SelectField(
        _l("I would take"),
        description=_l("Duties you could take whose people could take yours."),
    )


class SeedForm(SafeForm):
    """One person's part of the seed."""

    part = StringField(
        _l("Your part of the seed"),
        description=_l("At least 8 characters nobody can guess. Another person gives the other."),
        render_kw={"autocomplete": "off", "spellcheck": "false", "autocapitalize": "none"},
        validators=[
            InputRequired(_l("Type your part of the seed.")),
            Length(
                min=SHORTEST_PART,
                max=LONGEST_PART,
                message=_l("Type 8 to 128 characters."),
            ),
        ],
    )


class SearchForm(SafeForm):
    """How long a plan is searched for, and what stays."""

    effort = SelectField(
        _l("How thoroughly"),
        default="usual",
        choices=[
            ("quick", _l("A quick look")),
            ("usual", _l("As usual")),
            ("thorough", _l("Thoroughly, some minutes")),
        ],
    )
    keep_own = BooleanField(_l("Leave what this draft places already where it is"))


class MoveForm(SafeForm):
    """Where an entry is to sit."""

    period = StringField(
        _l("Period"),
        validators=[InputRequired(_l("Type the period's code.")), Length(max=32)],
    )
    venue = StringField(
        _l("Venue's code"),
        validators=[InputRequired(_l("Type the venue's code.")), Length(max=32)],
    )
    room = StringField(
        _l("Room"), validators=[InputRequired(_l("Type the room's code.")), Length(max=32)]
    )
    seat = WholeNumberField(
        _l("Seat"),
        validators=[
            InputRequired(_l("Type the number on the desk.")),
            NumberRange(1, 9_999, message=_l("Type the number on the desk.")),
        ],
    )


class SwapForm(SafeForm):
    """With whom an entry changes desks."""

    person_no = StringField(
        _l("Student number"),
        description=_l("Of the other person; both papers keep their people, the desks change."),
        validators=[InputRequired(_l("Type the other student number.")), Length(max=32)],
    )
    paper = StringField(
        _l("Paper"),
        validators=[
            InputRequired(_l("Type the code of the other person's paper.")),
            Length(max=32),
        ],
    )


class PushForm(SafeForm):
    """Who gives way, and to which desk of the same period."""

    person_no = StringField(validators=[InputRequired(), Length(max=32)])
    paper = StringField(validators=[InputRequired(), Length(max=32)])
    venue = StringField(validators=[InputRequired(), Length(max=32)])
    room = StringField(validators=[InputRequired(), Length(max=32)])
    seat = WholeNumberField(validators=[InputRequired(), NumberRange(1, 9_999)])


class PaperMoveForm(SafeForm):
    """From which period to which a sitting of a paper goes."""

    source = StringField(validators=[Length(max=32)])
    target = StringField(validators=[InputRequired(), Length(max=32)])
    part = BooleanField()  # only those who can


class LockForm(SafeForm):
    """What is locked as a whole, and why."""

    kind = SelectField(
        _l("What"),
        coerce=LockKind,
        choices=[
            (LockKind.PAPER, _l("A paper")),
            (LockKind.ROOM, _l("A room")),
            (LockKind.VENUE, _l("A venue")),
        ],
    )
    code = StringField(
        _l("Code"),
        description=_l("Of a room: the venue's code, a blank, and the room's."),
        validators=[InputRequired(_l("Type the code.")), Length(max=64)],
    )
    reason = _reason()


class WindowForm(SafeForm):
    """In which periods of a series a paper may be sat; the view gives the periods."""

    paper = _paper(_l("Paper"))
    first = SelectField(_l("From period"))
    last = SelectField(_l("To period"), description=_l("The same period twice is a fixed date."))
    reason = _reason()


class OrderForm(SafeForm):
    """What is asked of the sittings of two papers."""

    first_paper = _paper(_l("First paper"))
    kind = SelectField(
        _l("What is asked"),
        coerce=PaperOrderKind,
        choices=[
            (PaperOrderKind.BEFORE, _l("The first is over before the second begins")),
            (PaperOrderKind.APART, _l("Never at the same time")),
            (PaperOrderKind.TOGETHER, _l("At the same time, in one sitting each")),
        ],
    )
    second_paper = _paper(_l("Second paper"))
    reason = _reason()
