"""What the exam office fills in about a series: periods, deadlines and rules."""

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, SelectField, StringField
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from exam_centre.calendar.rules import (
    DEADLINE_SENTENCES,
    RULE_RANGES,
    RULE_SENTENCES,
    SWITCHES,
    DeadlineKind,
)
from exam_centre.webkit.fields import code_field
from exam_centre.webkit.form import (
    DayField,
    DecimalNumberField,
    SafeForm,
    WallClockField,
    WholeNumberField,
    words_of,
)
from exam_centre.webkit.languages import said

DECIMALS = frozenset({"marking_tolerance", "sample_percent", "retake_cap"})


class SeriesForm(SafeForm):
    """A new series."""

    unit = SelectField(_l("Who runs it"))
    code = code_field(
        _l("Series code"),
        _l("Type a code for the series."),
        _l("It stands on slips and certificates, such as 2026AUT."),
    )
    name = StringField(
        _l("What it is called"), validators=[InputRequired(_l("Type the name.")), Length(max=80)]
    )


class PeriodForm(SafeForm):
    """A time slot, the same clock everywhere."""

    code = code_field(_l("Period code"), _l("Type a code for the period."), _l("Such as P07."))
    starts = WallClockField(_l("From"), validators=[InputRequired(_l("Give the beginning."))])
    ends = WallClockField(_l("Until"), validators=[InputRequired(_l("Give the end."))])


class DeadlineForm(SafeForm):
    """The moment after which something needs an override."""

    kind = SelectField(_l("For"), choices=words_of(DEADLINE_SENTENCES))
    at = WallClockField(_l("Last moment"), validators=[InputRequired(_l("Give the moment."))])
    reason = StringField(
        _l("Reason"), description=_l("Where it is moved."), validators=[Length(max=200)]
    )

    def about(self) -> DeadlineKind:
        """Return what the deadline is for."""
        return DeadlineKind(self.kind.data)


class ReopenForm(SafeForm):
    """Why a closed series opens again."""

    reason = StringField(_l("Reason"), validators=[InputRequired(_l("Say why.")), Length(max=200)])


class RulesForm(SafeForm):
    """The rules of a series as the next version."""

    source = StringField(
        _l("Source"),
        description=_l("The regulation or decision these numbers come from."),
        validators=[InputRequired(_l("Name the source.")), Length(max=200)],
    )
    effective_from = DayField(_l("Holds from"), validators=[InputRequired(_l("Give the day."))])

    def rules(self) -> dict[str, object]:
        """Return {rule: value} as typed; ask after the shape was found right."""
        return {rule: self[rule].data for rule in RULE_SENTENCES}

    def name_rules(self) -> None:
        """Label each rule in the reader's language."""
        for rule, sentence in RULE_SENTENCES.items():
            self[rule].label.text = said(sentence)


for _rule in RULE_SENTENCES:
    if _rule in SWITCHES:
        setattr(RulesForm, _rule, BooleanField(_rule))
        continue
    _low, _high = RULE_RANGES[_rule]
    _kind = DecimalNumberField if _rule in DECIMALS else WholeNumberField
    _given = (
        Optional() if _rule == "retake_cap" else InputRequired(_l("Type a number."))
    )  # an empty cap: a retake counts in full
    _range = NumberRange(_low, _high, _l("Between %(min)s and %(max)s."))
    setattr(RulesForm, _rule, _kind(_rule, validators=[_given, _range]))
