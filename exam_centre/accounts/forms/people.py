"""What those who keep accounts fill in about people, roles and ties."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, RadioField, SelectField, StringField
from wtforms.validators import InputRequired, Length, Optional, Regexp

from exam_centre.accounts.forms.own import DocumentForm
from exam_centre.accounts.rules import PURPOSE_SENTENCES, RELATION_SENTENCES, IdType
from exam_centre.accounts.service import Registration
from exam_centre.webkit.fields import code_field
from exam_centre.webkit.form import DayField, SafeForm, typed, words_of
from exam_centre.webkit.words import ROLE_NAMES


class RevealForm(SafeForm):
    """Why somebody needs the whole ID number."""

    purpose = SelectField(_l("What for"), choices=words_of(PURPOSE_SENTENCES))
    reason = StringField(
        _l("Reason"),
        description=_l("The trail keeps it, and the person is told."),
        validators=[InputRequired(_l("Give a reason.")), Length(max=200)],
    )


NUMBER = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,31}$"
NUMBER_MESSAGE = _l("A number has up to 32 letters, digits, dots and dashes.")


class AddForm(DocumentForm):
    """Somebody the records may not know yet."""

    phone = StringField(
        _l("Phone"),
        description=_l("Codes go there. Somebody the records know keeps the phone they have."),
        render_kw={"autocomplete": "off", "inputmode": "tel"},
        validators=[Optional(), Length(max=24)],
    )

    def registration(self) -> Registration:
        """Return who it is, as typed."""
        return Registration(
            typed(self.name), IdType(self.id_type.data), typed(self.id_no), typed(self.phone)
        )


def _number(label: Any, missing: Any, description: Any = "") -> StringField:
    return StringField(
        label,
        description=description,
        render_kw={"autocapitalize": "none", "spellcheck": "false", "autocomplete": "off"},
        validators=[InputRequired(missing), Regexp(NUMBER, message=NUMBER_MESSAGE)],
    )


class StaffForm(SafeForm):
    """A staff number."""

    unit = SelectField(_l("On the staff of"))
    staff_no = _number(_l("Staff number"), _l("Type the staff number."))
    trained_until = DayField(
        _l("Trained until"),
        description=_l("Who is not trained on the day gets no duty in a room."),
        validators=[Optional()],
    )
    subjects = StringField(
        _l("Subjects"),
        description=_l("Nobody watches over a paper in a subject of their own."),
        validators=[Length(max=120)],
    )


class WorkForm(SafeForm):
    """Where somebody works."""

    enterprise = code_field(
        _l("Enterprise"),
        _l("Type the code of the enterprise."),
        _l("Its code, as on the page of its park."),
    )
    work_no = _number(_l("Work number"), _l("Type the work number."))
    team = StringField(
        _l("Team"),
        description=_l("Its shifts keep papers away. Leave it empty where there is none."),
        validators=[Length(max=32)],
    )


class AddStaffForm(AddForm, StaffForm):
    """Somebody new on the staff of a unit."""


class AddWorkerForm(AddForm, WorkForm):
    """Somebody new who works at an enterprise."""


class NameForm(SafeForm):
    """A name as the document prints it."""

    name = StringField(
        _l("Name, as in the document"),
        validators=[InputRequired(_l("Type the name.")), Length(max=80)],
    )
    reason = StringField(
        _l("Reason"),
        description=_l("Which document you looked at. The trail keeps it, and the person is told."),
        validators=[InputRequired(_l("Give a reason.")), Length(max=200)],
    )


class OpenUserForm(SafeForm):
    """A number to sign in with, and the way in."""

    login = _number(
        _l("Number to sign in with"),
        _l("Type the number."),
        _l("The staff number, or the student number."),
    )
    way = RadioField(
        _l("The first time"),
        choices=[
            ("paper", _l("Hand over a first code on paper: the person chooses a password")),
            ("phone", _l("Codes to the phone alone, without a password")),
        ],
        default="paper",
        validators=[InputRequired(_l("Choose one of the two."))],
    )


class RoleForm(SafeForm):
    """A role, for one of a person's users, within a unit."""

    user = SelectField(_l("For whom"))
    role = SelectField(_l("Role"), choices=words_of(ROLE_NAMES))
    unit = SelectField(_l("Within"))


class RevokeForm(SafeForm):
    """Which of a user's roles is taken away."""

    grant = HiddenField(validators=[InputRequired(), Length(max=64)])


class TieForm(SafeForm):
    """A tie between two people."""

    login = StringField(
        _l("Number of the other person"),
        description=_l("Their staff or student number."),
        render_kw={"autocapitalize": "none", "spellcheck": "false"},
        validators=[InputRequired(_l("Type the other person's number.")), Length(max=64)],
    )
    relation = SelectField(_l("Tie"), choices=words_of(RELATION_SENTENCES))


class PhoneDecisionForm(SafeForm):
    """Whether a new phone takes the place of the lost one."""

    decision = RadioField(
        _l("Decision"),
        choices=[
            ("approve", _l("Approve: I saw the document and the person")),
            ("refuse", _l("Refuse the new phone")),
        ],
        validators=[InputRequired(_l("Choose one of the two."))],
    )
