"""The base of every form: protected, with outer blanks off, and errors in the page's language."""

import re
from typing import Any, Self

from flask_wtf import FlaskForm
from wtforms import Field, IntegerField, PasswordField, StringField

from exam_centre.kernel.errors import Refusal
from exam_centre.webkit.languages import said
from exam_centre.webkit.text import outer_blanks_off

WHOLE = re.compile(r"-?[0-9]{1,9}")


class SafeForm(FlaskForm):  # type: ignore[misc] # flask_wtf brings no types
    """What a page asks for. Text fields lose the blanks around their text; passwords do not."""

    class Meta(FlaskForm.Meta):  # type: ignore[misc] # flask_wtf brings no types
        def bind_field(self, form: Any, unbound_field: Any, options: Any) -> Field:
            bound: Field = unbound_field.bind(form=form, **options)
            if isinstance(bound, StringField) and not isinstance(bound, PasswordField):
                bound.filters = [outer_blanks_off, *bound.filters]
            return bound

    @classmethod
    def from_request(cls, **given: Any) -> Self:
        """Return the form as sent with this request, or empty; `given` values fill an empty one."""
        return cls(**given)

    def submitted(self) -> bool:
        """Say whether the form was sent and everything in it has the right shape."""
        return bool(self.validate_on_submit())


class WholeNumberField(IntegerField):
    """A whole number in half-width digits; anything else is refused and never guessed."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        if valuelist and not WHOLE.fullmatch(str(valuelist[0]).strip()):
            self.data = None
            raise ValueError(self.gettext("Not a valid integer value."))
        super().process_formdata(valuelist)


def show_refusal(field: Field, refusal: Refusal) -> None:
    """Show a refusal of a service at the field it is about."""
    field.errors = [*field.errors, said(refusal.sentence)]


def typed(field: StringField) -> str:
    """Return what stands in a text field, "" where nothing does."""
    return field.data or ""
