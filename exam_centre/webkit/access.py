"""Who may open a page: every route says so, and one that says nothing is closed."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, TypeVar

from flask import Flask, current_app, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from exam_centre.kernel import clock
from exam_centre.kernel.errors import Forbidden, Refusal
from exam_centre.kernel.permissions import SENTENCES, Actor, Permission
from exam_centre.kernel.sentences import say
from exam_centre.webkit.errors import wants_json
from exam_centre.webkit.links import here
from exam_centre.webkit.log import request_id

View = TypeVar("View", bound=Callable[..., Any])
FindActor = Callable[[str, datetime], Actor | None]

FIND_ACTOR = "find_actor"
SIGN_IN = "accounts.sign_in"


@dataclass(frozen=True)
class Access:
    """What a route declares. Without permissions and not public: anyone who is signed in."""

    is_public: bool = False
    permissions: frozenset[Permission] = frozenset()


class NotSignedIn(Refusal):
    """The page is for people who are signed in."""

    kind = "not_signed_in"
    code = "not_signed_in"

    def __init__(self) -> None:
        super().__init__(say("Sign in to see this page."))


class Undeclared(Refusal):
    """A route that says nothing about who may open it: a mistake of ours, closed until mended."""

    kind = "forbidden"
    code = "undeclared"

    def __init__(self) -> None:
        super().__init__(say("This page is closed: nobody has said who may open it."))


def requires(*permissions: Permission) -> Callable[[View], View]:
    """Open a route to people who hold one of `permissions` somewhere; services ask where."""
    if not permissions:
        raise ValueError("name a permission, or use @signed_in")
    return _declare(Access(permissions=frozenset(permissions)))


def signed_in(view: View) -> View:
    """Open a route to everyone who is signed in, with or without a role."""
    return _declare(Access())(view)


def public(view: View) -> View:
    """Open a route to the world."""
    return _declare(Access(is_public=True))(view)


def access_of(view: Callable[..., Any]) -> Access | None:
    """Return what a view declares, or None where it declares nothing."""
    declared: Access | None = getattr(view, "access", None)
    return declared


def current_actor() -> Actor:
    """Return who is signed in. Raises NotSignedIn on a public page that nobody is signed in to."""
    actor: Actor | None = g.get("actor")
    if actor is None:
        raise NotSignedIn
    return actor


def cookie_name() -> str:
    """Return the sign-in cookie's name; the prefix binds it to this host and to HTTPS."""
    return "__Host-sign-in" if current_app.config["SESSION_COOKIE_SECURE"] else "sign-in"


def current_token() -> str:
    """Return the sign-in token this browser sent, or ""."""
    return request.cookies.get(cookie_name(), "")


def keep_signed_in(response: Response, token: str) -> None:
    """Give the browser its sign-in token, until it is closed."""
    response.set_cookie(
        cookie_name(),
        token,
        secure=current_app.config["SESSION_COOKIE_SECURE"],
        httponly=True,
        samesite="Lax",
        path="/",
    )


def forget_sign_in(response: Response) -> None:
    """Take the token back and let the browser forget the pages it kept.

    Only its cache: a door device keeps scans in its storage that were not sent yet.
    """
    response.delete_cookie(
        cookie_name(),
        secure=current_app.config["SESSION_COOKIE_SECURE"],
        httponly=True,
        samesite="Lax",
        path="/",
    )
    response.headers["Clear-Site-Data"] = '"cache"'


def init_access(app: Flask, find_actor: FindActor) -> None:
    """Ask before every view who acts and whether they may.

    find_actor  turns a sign-in token into an actor, or None where it opens nothing any more.
    """
    app.extensions[FIND_ACTOR] = find_actor
    app.before_request(_check)
    app.context_processor(lambda: {"actor": g.get("actor")})


def _check() -> ResponseReturnValue | None:
    if request.endpoint is None:
        return None  # No such address: everyone is told so alike.
    access = access_of(current_app.view_functions[request.endpoint])
    if access is None:
        raise Undeclared
    actor = _find_actor() if request.endpoint != "static" else None
    g.actor = actor
    if access.is_public:
        return None
    if actor is None:
        if request.method == "GET" and not wants_json():
            return redirect(url_for(SIGN_IN, next=here()))
        raise NotSignedIn
    if access.permissions and not any(actor.may(p) for p in access.permissions):
        raise Forbidden(SENTENCES[min(access.permissions)])
    return None


def _declare(access: Access) -> Callable[[View], View]:
    def mark(view: View) -> View:
        view.__dict__["access"] = access
        return view

    return mark


def _find_actor() -> Actor | None:
    token = current_token()
    if not token:
        return None
    find: FindActor = current_app.extensions[FIND_ACTOR]
    actor = find(token, clock.now())
    return replace(actor, request_id=request_id()) if actor else None
