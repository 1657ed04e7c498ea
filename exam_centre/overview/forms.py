"""What an auditor types: a seed and a number of rooms."""

from flask_babel import lazy_gettext as _l
from wtforms import StringField
from wtforms.validators import InputRequired, Length

from exam_centre.webkit.form import ActForm, SafeForm, WholeNumberField

LONGEST_SEED = 80

__all__ = ["ActForm", "PickForm"]


class PickForm(SafeForm):
    """How many rooms, and what decides which."""

    count = WholeNumberField(
        _l("How many rooms"),
        default=5,
        validators=[InputRequired(_l("Type how many rooms you want to look at."))],
        render_kw={"inputmode": "numeric", "autocomplete": "off"},
    )
    seed = StringField(
        _l("Seed"),
        description=_l(
            "Throw dice before witnesses and type what they show. Whoever types the same seed "
            "comes to the same rooms."
        ),
        validators=[InputRequired(_l("Type a seed.")), Length(max=LONGEST_SEED)],
        render_kw={"autocomplete": "off", "spellcheck": "false"},
    )
