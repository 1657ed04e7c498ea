"""The sanitiser at the edge: text that can not be meant is refused, never mended."""

import unicodedata
from collections.abc import Iterable, Iterator
from typing import Any

from flask import Flask, request

from exam_centre.kernel.errors import BadInput
from exam_centre.kernel.sentences import say

LAYOUT = frozenset("\t\n\r")  # what a text of several lines is laid out with
LOST = "\ufffd"  # stands where bytes were no UTF-8
REFUSED_CATEGORIES = ("Cc", "Cs")  # controls, NUL among them, and lone surrogates
DEEPEST = 32  # levels of lists and objects in a body


class UnreadableText(BadInput):
    """A character that no keyboard types and no database keeps alike."""

    code = "unreadable_text"

    def __init__(self, character: str) -> None:
        self.character = character
        super().__init__(
            say(
                "The text holds a character that can not be kept (U+{number}). "
                "Type it again instead of pasting it.",
                number=f"{ord(character):04X}",
            )
        )


class TooDeep(BadInput):
    """A body of lists within lists that nobody needs."""

    code = "too_deep"

    def __init__(self) -> None:
        super().__init__(say("The request is nested too deeply to be read."))


def check_text(text: str) -> None:
    """Raise UnreadableText where `text` holds NUL, another control or half a character."""
    if text.isascii() and text.isprintable():
        return
    for character in text:
        if character in LAYOUT:
            continue
        if character == LOST or unicodedata.category(character) in REFUSED_CATEGORIES:
            raise UnreadableText(character)


def outer_blanks_off(text: str | None) -> str | None:
    """Return `text` without the blanks around it, full-width ones included."""
    return text.strip() if text is not None else None


def init_text(app: Flask) -> None:
    """Look at every text of every request before anything else does."""

    @app.before_request
    def check_request() -> None:
        for text in _texts_of_request():
            check_text(text)


def _texts_of_request() -> Iterator[str]:
    yield request.path
    yield from _flat(request.args)
    yield from _flat(request.form)
    for name, upload in request.files.items(multi=True):
        yield from (name, upload.filename or "")
    if request.is_json:
        yield from _strings(_json_body(), DEEPEST)


def _json_body() -> Any:
    """Return the body, None where it is no JSON at all: that is for the endpoint to refuse."""
    try:
        return request.get_json(silent=True)
    except RecursionError as error:  # the parser itself gives up far beyond DEEPEST
        raise TooDeep from error


def _flat(values: Any) -> Iterable[str]:
    for name, value in values.items(multi=True):
        yield name
        yield value


def _strings(value: Any, depth: int) -> Iterator[str]:
    if depth == 0:
        raise TooDeep
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for part in value:
            yield from _strings(part, depth - 1)
    elif isinstance(value, dict):
        for name, part in value.items():
            yield name
            yield from _strings(part, depth - 1)
