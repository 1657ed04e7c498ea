"""What people fill in about units, parks, enterprises and shifts."""

from flask_babel import lazy_gettext as _l
from wtforms import SelectField, StringField
from wtforms.validators import InputRequired, Length, Optional

from exam_centre.organisation.rules import LEVEL_SENTENCES, UnitLevel
from exam_centre.webkit.fields import code_field, latitude_field, longitude_field
from exam_centre.webkit.form import SafeForm, WallClockField, words_of


class NamedForm(SafeForm):
    """Code and name, which everything here has."""

    code = code_field(
        _l("Reference"), _l("Type a code."), _l("Short and unique; it stays, such as 32-04-SIP.")
    )
    name = StringField(
        _l("What it is called"), validators=[InputRequired(_l("Type the name.")), Length(max=80)]
    )


class UnitForm(NamedForm):
    """A unit under another one."""

    level = SelectField(
        _l("Level"),
        choices=words_of(
            {level: words for level, words in LEVEL_SENTENCES.items() if level != "national"}
        ),
    )

    def chosen(self) -> UnitLevel:
        """Return the level that was chosen."""
        return UnitLevel(self.level.data)


class SiteForm(NamedForm):
    """A park or an enterprise: also where it lies."""

    latitude = latitude_field()
    longitude = longitude_field()


class ShiftForm(SafeForm):
    """When a team, or one worker of it, is at the machines."""

    team = StringField(
        _l("Team"),
        description=_l("Leave it empty where the shift is one worker's own."),
        validators=[Optional(), Length(max=32)],
    )
    work_no = StringField(_l("Work number"), validators=[Optional(), Length(max=32)])
    starts = WallClockField(_l("From"), validators=[InputRequired(_l("Give the beginning."))])
    ends = WallClockField(
        _l("Until"),
        description=_l("A night shift ends on the next day."),
        validators=[InputRequired(_l("Give the end."))],
    )
