"""What may stand in an address: bounded whole numbers, days and public tokens."""

from datetime import date

from flask import Flask
from werkzeug.routing import BaseConverter, ValidationError

LARGEST = 2**31 - 1  # what an integer column holds on both databases


class BoundedInt(BaseConverter):
    """A whole number from 0 to 2,147,483,647 in half-width digits; all else is a 404."""

    regex = "[0-9]{1,10}"

    def to_python(self, value: str) -> int:
        number = int(value)
        if number > LARGEST:
            raise ValidationError
        return number

    def to_url(self, value: int) -> str:
        return str(int(value))


class PublicToken(BaseConverter):
    """A public id as `kernel.columns.new_token` makes it."""

    regex = "[A-Za-z0-9_-]{22}"


class PublicDay(BaseConverter):
    """A day as 2026-12-12; one that no calendar has is a 404."""

    regex = "[0-9]{4}-[0-9]{2}-[0-9]{2}"

    def to_python(self, value: str) -> date:
        try:
            return date.fromisoformat(value)
        except ValueError as error:
            raise ValidationError from error

    def to_url(self, value: date) -> str:
        return value.isoformat()


def init_converters(app: Flask) -> None:
    """Replace Flask's unbounded `int`, and add `day` and `token`."""
    app.url_map.converters["int"] = BoundedInt
    app.url_map.converters["day"] = PublicDay
    app.url_map.converters["token"] = PublicToken
