"""The developers' page: every piece of the design system, in each of its states."""

from datetime import UTC, datetime
from types import SimpleNamespace

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l
from wtforms import PasswordField, SelectField, StringField
from wtforms.validators import InputRequired

from exam_centre.kernel.laws import Law, Row
from exam_centre.kernel.sentences import say
from exam_centre.webkit.access import public
from exam_centre.webkit.form import SafeForm
from exam_centre.webkit.paging import Window
from exam_centre.webkit.second_person import SecondPersonForm

blueprint = Blueprint("showcase", __name__)

GREEN_LAW = Law("sample_green", say("present"), say("scripts"), 29, 29)
PEOPLE = ("王立", "Ana Ruiz")
EXPLAINED = say("Formative 82 x 30 % + final 61 x 70 % = 67.3, rounded to 67.")
MOMENT = datetime(2026, 11, 23, 0, 30, tzinfo=UTC)
RED_LAW = Law(
    "sample_red",
    say("present"),
    say("scripts"),
    29,
    28,
    (Row("placements:17", say("Seat {seat} has none.", seat=17)),),
)
# Two columns and three rows, the door at the right, the desk in front of it taken out.
DRAWING = SimpleNamespace(grid_rows=3, grid_columns=2, door="front-right")
DESKS = [
    SimpleNamespace(
        grid_row=row,
        grid_column=column,
        number=number,
        wheelchair=number == 6,
        left_handed=number == 5,
    )
    for number, (row, column) in enumerate([(1, 2), (2, 2), (3, 2), (3, 1), (2, 1), (1, 1)], 1)
    if number > 1
]

STEPS = [
    SimpleNamespace(at=MOMENT, title=say("Sealed"), text="", people=PEOPLE[:1], kind=""),
    SimpleNamespace(
        at=MOMENT, title=say("Opened by two people"), text="JS-000815", people=PEOPLE, kind="seal"
    ),
]


class SampleForm(SafeForm):
    """A form with one field of each kind; the sample shows it empty and refused."""

    code = StringField(_l("Slip code"), description=_l("The number under the QR code."))
    secret = PasswordField(_l("Password"), validators=[InputRequired(_l("Type your password."))])
    # The published types are older than the library, which takes plain words again.
    room = SelectField(_l("Room"), choices=["204", "205"])  # type: ignore[list-item]


@blueprint.get("/_components")
@public
def components() -> ResponseReturnValue:
    """Show the pieces. Registered in development and under test alone."""
    refused = SampleForm(formdata=None, prefix="refused")
    refused.secret.errors = [_l("Type your password.")]
    return render_template(
        "webkit/components.html",
        form=SampleForm(formdata=None),
        refused=refused,
        green=GREEN_LAW,
        red=RED_LAW,
        people=PEOPLE,
        moment=MOMENT,
        digest="9f86d081884c7d65",
        drawing=DRAWING,
        desks=DESKS,
        signing=SecondPersonForm(formdata=None),
        steps=STEPS,
        explained=EXPLAINED,
        listed=Window(number=2, size=2, text="立", kept={}).page(PEOPLE, 7),
        register=[["01", PEOPLE[0], "00974", 0], ["02", PEOPLE[1], "00974", 12]],
    )
