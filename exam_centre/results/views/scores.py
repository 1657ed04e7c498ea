"""Numbers typed into a correction, read by the rule that marks are read by."""

from decimal import Decimal

from wtforms import StringField

from exam_centre.marking.rules import WrongMark, read_mark
from exam_centre.webkit.form import show_refusal, typed

DECIMALS = 2


def score_of(field: StringField) -> Decimal | None:
    """Return what was typed, None where nothing was. Raises WrongMark, shown at the field."""
    if not typed(field):
        return None
    try:
        return read_mark(typed(field), DECIMALS)
    except WrongMark as refusal:
        show_refusal(field, refusal)
        raise
