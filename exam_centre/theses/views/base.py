"""Where the pages of theses hang, and what several of them need."""

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l

from exam_centre.accounts.models import Person
from exam_centre.kernel.errors import Refusal
from exam_centre.kernel.permissions import Permission
from exam_centre.kernel.sentences import say
from exam_centre.theses import queries
from exam_centre.theses.models import Thesis
from exam_centre.webkit.access import current_actor
from exam_centre.webkit.database import reader
from exam_centre.webkit.navigation import NavItem

blueprint = Blueprint("theses", __name__, url_prefix="/theses")

NAVIGATION: tuple[NavItem, ...] = (
    NavItem(_l("Theses"), "theses.list_theses", (Permission.RUN_MARKING, Permission.ENTER_MARKS)),
    NavItem(_l("My thesis"), "theses.mine", (Permission.SEE_OWN,)),
)


class Nobody(Refusal):
    """No colleague has this number."""

    kind = "bad_input"
    code = "nobody"

    def __init__(self, number: str) -> None:
        super().__init__(say("Nobody here has the staff number {number}.", number=number))


def access(token: str) -> Thesis:
    """Return the thesis of an address for reading. Raises NotFound."""
    return queries.access_thesis(reader(), current_actor(), token)


def done(token: str, words: str) -> ResponseReturnValue:
    """Say what was done and go back to the thesis."""
    flash(words, "success")
    return redirect(url_for(".thesis", thesis=token), 303)


def colleague(number: str) -> Person:
    """Return the human with a staff number. Raises Nobody."""
    found = queries.find_colleague(reader(), number)
    if found is None:
        raise Nobody(number)
    return found
