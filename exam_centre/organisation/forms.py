"""What people fill in about units, parks, enterprises and shifts."""

from flask_babel import lazy_gettext as _l
from wtforms import SelectField, StringField
from wtforms.validators import InputRequired, Length, Optional, Regexp

from exam_centre.organisation.rules import LEVEL_SENTENCES, UnitLevel
from exam_centre.webkit.form import DecimalNumberField, SafeForm, WallClockField, words_of

CODE = r"^[A-Za-z0-9][A-Za-z0-9-]{0,31}$"


class NamedForm(SafeForm):
    """Code and name, which everything here has."""

    code = StringField(
        _l("Reference"),
        validators=[
            InputRequired(_l("Type a code.")),
            Regexp(CODE, message=_l("A code has up to 32 letters, digits and dashes.")),
        ],
    )
    name = StringField(_l("Name"), validators=[InputRequired(_l("Type the name.")), Length(max=80)])


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

    latitude = DecimalNumberField(
        _l("Latitude"),
        description=_l("In degrees with up to 5 decimals, such as 31.32420."),
        validators=[InputRequired(_l("Type the latitude."))],
    )
    longitude = DecimalNumberField(
        _l("Longitude"), validators=[InputRequired(_l("Type the longitude."))]
    )


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
