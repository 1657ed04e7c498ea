"""What is typed about results: searches, batches, reviews, corrections and appeals."""

from datetime import datetime

from flask_babel import lazy_gettext as _l
from wtforms import RadioField, SelectField, StringField
from wtforms import TextAreaField as AreaField
from wtforms.validators import InputRequired, Length, NumberRange, Optional, Regexp

from exam_centre.results.rules import Tier
from exam_centre.webkit.form import DecimalNumberField, SafeForm, WallClockField, moment_on

LONGEST_REASON = 500
LONGEST_SEED = 64
TIERS = [
    (Tier.CENTRE.value, _l("Learning centre")),
    (Tier.BRANCH.value, _l("Branch")),
    (Tier.HEADQUARTERS.value, _l("Headquarters")),
]


def reason_field(label: str, hint: str = "") -> AreaField:
    """Return a field for a sentence that the trail keeps."""
    return AreaField(
        label,
        description=hint,
        render_kw={"rows": 3},
        validators=[
            InputRequired(_l("Say why, in a sentence others will read later.")),
            Length(max=LONGEST_REASON, message=_l("500 characters at most.")),
        ],
    )


def score_field(label: str) -> StringField:
    """Return a field for a part's number; it is read by the marks' own rule."""
    return StringField(
        label,
        description=_l("Half-width digits, such as 75 or 75.5. Empty: this part stays as it is."),
        render_kw={"autocomplete": "off"},
        validators=[Optional(), Length(max=8, message=_l("Type a number from 0 to 100."))],
    )


class EmptyForm(SafeForm):
    """An act that needs nothing but the press of its button."""


class PrepareForm(SafeForm):
    """From when a batch may be released."""

    embargo_until = WallClockField(
        _l("Not before"),
        description=_l("On the series' clock. Empty: as soon as it is approved."),
        validators=[Optional()],
    )

    def not_before(self, zone: str) -> datetime | None:
        """Return what was typed on a clock in `zone` as a moment; None: at once."""
        wall = self.embargo_until.data
        return moment_on(wall, zone) if wall is not None else None


class ReasonForm(SafeForm):
    """Why something is given up."""

    reason = reason_field(_l("Reason"))


class DrawForm(SafeForm):
    """A sample for review: the level, how much, and the public seed."""

    tier = SelectField(_l("Level"), choices=TIERS)
    percent = DecimalNumberField(
        _l("Per cent of the outcomes"),
        validators=[
            InputRequired(_l("Type how many per cent to draw.")),
            NumberRange(0, 100, message=_l("Type a number from 0 to 100.")),
        ],
    )
    seed = StringField(
        _l("Seed"),
        description=_l(
            "A public word, such as today's lottery numbers: the same seed draws the "
            "same outcomes again."
        ),
        validators=[
            InputRequired(_l("Type a seed that others know.")),
            Length(max=LONGEST_SEED, message=_l("64 characters at most.")),
        ],
    )


class ReviewForm(SafeForm):
    """What a reviewer found."""

    agrees = RadioField(
        _l("Is the outcome right?"),
        choices=[("yes", _l("Yes, it follows from the parts")), ("no", _l("No, hold it"))],
        validators=[InputRequired(_l("Choose yes or no."))],
    )
    note = AreaField(
        _l("Note"),
        description=_l("What you compared, or what is wrong."),
        render_kw={"rows": 3},
        validators=[Length(max=LONGEST_REASON, message=_l("500 characters at most."))],
    )


class CorrectionForm(SafeForm):
    """A correction by the office, with its evidence."""

    final_score = score_field(_l("Final part should be"))
    formative_score = score_field(_l("Formative part should be"))
    reason = reason_field(_l("Reason"))
    evidence = AreaField(
        _l("Evidence"),
        description=_l("Where it can be looked up, such as a page of the script."),
        render_kw={"rows": 2},
        validators=[
            InputRequired(_l("Say what proves it.")),
            Length(max=LONGEST_REASON, message=_l("500 characters at most.")),
        ],
    )


class ExamineForm(SafeForm):
    """What looking again gave."""

    final_score = score_field(_l("Final part should be"))
    formative_score = score_field(_l("Formative part should be"))
    evidence = AreaField(
        _l("What was found"),
        render_kw={"rows": 3},
        validators=[
            InputRequired(_l("Say what looking again gave.")),
            Length(max=LONGEST_REASON, message=_l("500 characters at most.")),
        ],
    )


class AppealForm(SafeForm):
    """Why a candidate asks for another look."""

    reason = reason_field(
        _l("What should be looked at again?"),
        _l("Say what you think is wrong, such as a page that was not counted."),
    )


class DecisionForm(SafeForm):
    """Yes or no to a correction."""

    decision = RadioField(
        _l("Decision"),
        choices=[("approve", _l("Accept it")), ("reject", _l("Reject it"))],
        validators=[
            InputRequired(_l("Choose one.")),
            Regexp("approve|reject", message=_l("Choose one.")),
        ],
    )
