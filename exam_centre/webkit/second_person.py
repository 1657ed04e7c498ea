"""Two people at one page: the second one signs with their own number and password."""

from collections.abc import Callable
from typing import Any, Protocol, TypeVar, cast

from flask import Response, request
from flask_babel import lazy_gettext as _l
from flask_limiter.util import get_remote_address
from wtforms import PasswordField, StringField
from wtforms.validators import InputRequired, Length

from exam_centre.kernel.errors import Refusal
from exam_centre.kernel.permissions import Actor
from exam_centre.webkit.form import SafeForm, show_refusal, typed
from exam_centre.webkit.limits import TRIES_PER_ADDRESS, TRIES_PER_LOGIN, limiter

View = TypeVar("View", bound=Callable[..., Any])

LONGEST_LOGIN = 64
LONGEST_PASSWORD = 256
DONE = (302, 303)  # what an act that went through answers


class ProvesSecond(Protocol):
    """What turns number and password into an actor, or raises a Refusal."""

    def __call__(self, *, login: str, password: str) -> Actor: ...


class SecondPersonForm(SafeForm):
    """What a second person types beside the act; derive from it and add the act's own fields."""

    # A browser that remembers the first person's password must not offer it for the second.
    second_login = StringField(
        _l("Second person's number"),
        description=_l("Somebody else who works here types their own staff number."),
        render_kw={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"},
        validators=[
            InputRequired(_l("The second person types their staff number.")),
            Length(max=LONGEST_LOGIN, message=_l("This number is too long to be yours.")),
        ],
    )
    second_password = PasswordField(
        _l("Second person's password"),
        render_kw={"autocomplete": "new-password"},
        validators=[
            InputRequired(_l("The second person types their password.")),
            Length(max=LONGEST_PASSWORD, message=_l("This password is too long to be yours.")),
        ],
    )

    def second(self, prove: ProvesSecond) -> Actor | None:
        """Return who signs second, or None with the refusal shown at its field.

        prove  e.g. partial(accounts.service.second_person, reader(), current_actor()).
        """
        try:
            return prove(login=typed(self.second_login), password=typed(self.second_password))
        except Refusal as refusal:
            at_login = refusal.code == "same_person"
            show_refusal(self.second_login if at_login else self.second_password, refusal)
            return None


def second_signs(view: View) -> View:
    """Limit guesses at the second person's password; stands above the view's access.

    Only what did not go through is counted: in a marking hall somebody signs many times a minute.
    """
    by_login = limiter.limit(
        TRIES_PER_LOGIN, key_func=_second_at_address, methods=["POST"], deduct_when=_failed
    )
    by_address = limiter.shared_limit(
        TRIES_PER_ADDRESS, scope="second_person", methods=["POST"], deduct_when=_failed
    )
    return cast(View, by_address(by_login(view)))


def _second_at_address() -> str:
    number = request.form.get("second_login", "").strip().casefold()[:LONGEST_LOGIN]
    return f"second {get_remote_address()} {number}"


def _failed(response: Response) -> bool:
    return response.status_code not in DONE
