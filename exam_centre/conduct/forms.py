"""What people type about incidents and cases."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import SelectField, StringField, TextAreaField
from wtforms.fields import TimeField
from wtforms.validators import DataRequired, InputRequired, Length

from exam_centre.conduct.rules import KIND_WORDS, OFFENCE_WORDS
from exam_centre.kernel.clock import at_venue
from exam_centre.timetable.queries.whereabouts import SeatPerson
from exam_centre.webkit.form import SafeForm
from exam_centre.webkit.languages import said
from exam_centre.webkit.second_person import SecondPersonForm

LONGEST_WORDS = 2000
TOO_LONG = _l("This is too long. Keep to what matters, at most 2000 characters.")


def words_field(label: Any, hint: Any = "") -> TextAreaField:
    """Return a field for a few sentences."""
    return TextAreaField(
        label,
        description=hint,
        render_kw={"rows": 4},
        validators=[
            DataRequired(_l("Say it in a few words.")),
            Length(max=LONGEST_WORDS, message=TOO_LONG),
        ],
    )


class IncidentForm(SafeForm):
    """What happened, where and when."""

    kind = SelectField(_l("What kind of thing"), validators=[InputRequired(_l("Choose one."))])
    seat = SelectField(_l("Seat"), description=_l("Only where it is about one person."))
    at = TimeField(
        _l("When it happened"),
        description=_l("On the clock of the venue."),
        validators=[InputRequired(_l("Type hours and minutes, e.g. 09:12."))],
    )
    what = words_field(_l("What happened, in your words"), _l("What you saw and did. No opinions."))

    def __init__(self, people: Sequence[SeatPerson] = (), **given: Any) -> None:
        super().__init__(**given)
        self.kind.choices = [("", said(_choose())), *_said(KIND_WORDS)]
        self.seat.choices = [("", _l("Nobody in particular")), *seats_of(people)]

    def happened_at(self, now: datetime, zone: str) -> datetime:
        """Return the moment meant: the last time before `now` that the clock showed it.

        A minute that is just beginning counts as now.
        """
        here = at_venue(now, zone)
        typed_time = self.at.data
        assert typed_time is not None
        moment = here.replace(
            hour=typed_time.hour, minute=typed_time.minute, second=0, microsecond=0
        )
        if moment > here + timedelta(minutes=1):
            moment -= timedelta(days=1)
        return min(moment, here)


class ResolveForm(SafeForm):
    """How an incident was dealt with."""

    resolution = words_field(
        _l("What was done"), _l("Whoever reads it later was not there: name people and times.")
    )


class ReopenForm(SafeForm):
    """Why a resolved incident is opened again."""

    reason = words_field(_l("Why it is opened again"))


class CaseForm(SafeForm):
    """Whom an offence case is about, and of which class."""

    seat = SelectField(_l("Who"), validators=[InputRequired(_l("Choose the person by the seat."))])
    offence = SelectField(_l("Class of offence"), validators=[InputRequired(_l("Choose one."))])
    text = words_field(_l("The facts"), _l("Facts and evidence: what, where, when, who saw it."))

    def __init__(self, people: Sequence[SeatPerson] = (), **given: Any) -> None:
        super().__init__(**given)
        self.seat.choices = [("", said(_choose())), *seats_of(people)]
        self.offence.choices = [("", said(_choose())), *_said(OFFENCE_WORDS)]


class StepForm(SafeForm):
    """One step of a case, in words."""

    text = words_field(_l("What was said and done"))


class RefusedToSignForm(SecondPersonForm):
    """The candidate was told and did not sign: two members of staff say so."""

    text = words_field(
        _l("What the candidate was told, and said"), _l("Also say that the signature was refused.")
    )


class DecisionForm(StepForm):
    """A decision rests on an article and names a sanction."""

    article = StringField(
        _l("Article of the regulation"),
        description=_l("As printed in the regulation in force, with its year."),
        validators=[
            DataRequired(_l("Name the article the decision rests on.")),
            Length(max=200, message=_l("Name the article only, at most 200 characters.")),
        ],
    )
    sanction = StringField(
        _l("Sanction"),
        validators=[
            DataRequired(_l("Name the sanction.")),
            Length(max=200, message=_l("Name the sanction only, at most 200 characters.")),
        ],
    )


def seats_of(people: Sequence[SeatPerson]) -> list[tuple[str, str]]:
    """Return people of a room as choices: the public id, and seat, name and paper."""
    return [
        (person.token, f"{person.seat:02d} · {person.name} · {person.paper}") for person in people
    ]


def _choose() -> Any:
    return _l("Choose")


def _said(words: Any) -> list[tuple[str, str]]:
    return [(key.value, said(sentence)) for key, sentence in words.items()]
