"""The base of every form: protected, with outer blanks off, and errors in the page's language."""

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, Self
from zoneinfo import ZoneInfo

from flask import request
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from werkzeug.datastructures import ImmutableMultiDict
from wtforms import Field, IntegerField, PasswordField, StringField
from wtforms.fields import DateField, DateTimeLocalField, DecimalField

from exam_centre.kernel.errors import Refusal
from exam_centre.kernel.sentences import Sentence
from exam_centre.webkit.languages import said
from exam_centre.webkit.text import outer_blanks_off

WHOLE = re.compile(r"-?[0-9]{1,9}")
DECIMAL = re.compile(r"-?[0-9]{1,6}(\.[0-9]{1,6})?")
DAY = re.compile(r"20[0-9]{2}-[0-9]{2}-[0-9]{2}")  # the years an exam can be in
WALL_CLOCK = re.compile(r"20[0-9]{2}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}")


class SafeForm(FlaskForm):  # type: ignore[misc] # flask_wtf brings no types
    """What a page asks for. Text fields lose the blanks around their text; passwords do not."""

    class Meta(FlaskForm.Meta):  # type: ignore[misc] # flask_wtf brings no types
        def bind_field(self, form: Any, unbound_field: Any, options: Any) -> Field:
            bound: Field = unbound_field.bind(form=form, **options)
            if isinstance(bound, StringField) and not isinstance(bound, PasswordField):
                bound.filters = [outer_blanks_off, *bound.filters]
            return bound

        def wrap_formdata(self, form: Any, formdata: Any) -> Any:
            # A page's form is never sent as JSON: such a body holds none of its fields, whatever
            # its shape, and a number or a list would not even be a mapping.
            if formdata is not None and request.is_json and request.method != "GET":
                return ImmutableMultiDict()
            return super().wrap_formdata(form, formdata)

    def process(self, *given: Any, **named: Any) -> None:
        """Read what was sent. A text of blanks alone is nothing, also where something is needed."""
        super().process(*given, **named)
        for field in self:
            is_text = isinstance(field, StringField) and not isinstance(field, PasswordField)
            if is_text and field.raw_data and field.data == "":
                field.raw_data = [""]

    @classmethod
    def from_request(cls, **given: Any) -> Self:
        """Return the form as sent with this request, or empty; `given` values fill an empty one."""
        return cls(**given)

    def submitted(self) -> bool:
        """Say whether the form was sent and everything in it has the right shape."""
        return bool(self.validate_on_submit())


class ActForm(SafeForm):
    """An act without words of its own."""


class WholeNumberField(IntegerField):
    """A whole number in half-width digits; anything else is refused and never guessed."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        if valuelist and not WHOLE.fullmatch(str(valuelist[0]).strip()):
            self.data = None
            raise ValueError(self.gettext("Not a valid integer value."))
        super().process_formdata(valuelist)


class DecimalNumberField(DecimalField):
    """A decimal in half-width digits with a point; anything else is refused and never guessed."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.data = None
        if valuelist and str(valuelist[0]).strip():
            text = str(valuelist[0]).strip()
            if not DECIMAL.fullmatch(text):
                raise ValueError(_l("Type a number with half-width digits, such as 31.5."))
            self.data = Decimal(text)


class DayField(DateField):
    """A day of this century, as the browser's own calendar gives it."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.data: date | None = None
        if valuelist and str(valuelist[0]).strip():
            if not DAY.fullmatch(str(valuelist[0]).strip()):
                raise ValueError(_l("Give the day as 2026-11-23."))
            super().process_formdata(valuelist)


class WallClockField(DateTimeLocalField):
    """A day and time on some clock, without a zone; `moment_on` says which moment that is."""

    def __init__(self, label: Any = None, **options: Any) -> None:
        super().__init__(label, format="%Y-%m-%dT%H:%M", **options)

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.data: datetime | None = None
        if valuelist and str(valuelist[0]).strip():
            if not WALL_CLOCK.fullmatch(str(valuelist[0]).strip()):
                raise ValueError(_l("Give day and time as 2026-11-23 08:30."))
            super().process_formdata(valuelist)


def moment_on(wall: datetime, zone: str) -> datetime:
    """Return the aware moment at which a clock in `zone`, e.g. "Asia/Shanghai", shows `wall`."""
    return wall.replace(tzinfo=ZoneInfo(zone))


def words_of(words: Mapping[Any, Sentence]) -> Callable[[], list[tuple[str, str]]]:
    """Return the choices of a select field, (value, words) in the reader's language.

    words  {status or other enum: how it is said}; a plain text key is its own value.
    """
    return lambda: [
        (key.value if isinstance(key, StrEnum) else str(key), said(sentence))
        for key, sentence in words.items()
    ]


def show_refusal(field: Field, refusal: Refusal) -> None:
    """Show a refusal of a service at the field it is about."""
    field.errors = [*field.errors, said(refusal.sentence)]


def typed(field: StringField) -> str:
    """Return what stands in a text field, "" where nothing does."""
    return field.data or ""
