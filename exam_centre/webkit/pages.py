"""The pages any application has, whatever its rooms: is it alive, and which language."""

from flask import Blueprint, Response, jsonify, redirect, request, session
from flask.typing import ResponseReturnValue

from exam_centre.kernel.sentences import LANGUAGES
from exam_centre.webkit.access import public
from exam_centre.webkit.languages import CHOICE
from exam_centre.webkit.links import safe_next

blueprint = Blueprint("webkit", __name__)


@blueprint.get("/health")
@public
def health() -> Response:
    """Say that this process answers; nothing else is asked, so nothing else can fail it."""
    return jsonify(status="alive")


@blueprint.post("/language")
@public
def choose_language() -> ResponseReturnValue:
    """Keep the chosen language on this browser and go back to where the person was."""
    chosen = request.form.get("language")
    if chosen in LANGUAGES:
        session[CHOICE] = chosen
    return redirect(safe_next(request.form.get("next")), 303)
