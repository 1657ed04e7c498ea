"""The shape of a page that acts: kept in one unit of work, or refused at a field; then onwards."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session
from wtforms import Field

from exam_centre.kernel.database import unit_of_work
from exam_centre.kernel.errors import Refusal
from exam_centre.webkit.form import show_refusal


@contextmanager
def saving(refused_at: Mapping[type[Refusal], Field] | None = None) -> Iterator[Session]:
    """Open the unit of work of a page's act, committed at the end.

    refused_at  {kind of refusal: the field it is about}: such a refusal is shown there, nothing is
                kept, and the page goes on after the block, where `form.errors` says so. Any other
                refusal flies on to the one table that answers it.
    """
    try:
        with unit_of_work() as session:
            yield session
    except Refusal as refusal:
        for kind, field in (refused_at or {}).items():
            if isinstance(refusal, kind):
                show_refusal(field, refusal)
                return
        raise


def done(words: str, endpoint: str, /, kind: str = "success", **values: Any) -> ResponseReturnValue:
    """Say on the next page what was done, and send the browser there by GET.

    kind  of the note: "success", "attend", "problem", or "note".
    """
    flash(words, kind)
    return redirect(url_for(endpoint, **values), 303)
