"""What those who keep accounts fill in about people, roles and ties."""

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, RadioField, SelectField, StringField
from wtforms.validators import InputRequired, Length

from exam_centre.accounts.rules import PURPOSE_SENTENCES, RELATION_SENTENCES
from exam_centre.webkit.form import SafeForm, words_of
from exam_centre.webkit.words import ROLE_NAMES


class RevealForm(SafeForm):
    """Why somebody needs the whole ID number."""

    purpose = SelectField(_l("What for"), choices=words_of(PURPOSE_SENTENCES))
    reason = StringField(
        _l("Reason"),
        description=_l("The trail keeps it, and the person is told."),
        validators=[InputRequired(_l("Give a reason.")), Length(max=200)],
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
