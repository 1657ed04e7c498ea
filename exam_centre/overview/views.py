"""The first page after signing in: who I am here, in which roles, and where they reach."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from exam_centre.overview import service
from exam_centre.webkit.access import current_actor, signed_in
from exam_centre.webkit.database import reader
from exam_centre.webkit.words import ROLE_NAMES

blueprint = Blueprint("overview", __name__)


@blueprint.get("/")
@signed_in
def home() -> ResponseReturnValue:
    """Show the roles of whoever is signed in."""
    duties = service.duties_of(reader(), current_actor())
    return render_template("overview/home.html", duties=duties, role_names=ROLE_NAMES)
