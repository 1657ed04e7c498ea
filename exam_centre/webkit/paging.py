"""Long lists: which part of one a page shows, what was searched for, and the way to the rest."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from flask import request, url_for

from exam_centre.webkit.text import outer_blanks_off

T = TypeVar("T")

PAGE_ROWS = 50
LAST_PAGE = 100_000  # further nobody walks; a bound keeps the arithmetic in an integer column
LONGEST_SEARCH = 64


@dataclass(frozen=True)
class Page(Generic[T]):
    """The rows of one page. `total` counts all that were found, `number` goes from 1."""

    rows: Sequence[T]
    total: int
    number: int
    size: int
    text: str  # what was searched for, "" where nothing was
    kept: dict[str, str] = field(default_factory=dict)  # what else stands in the address

    @property
    def first(self) -> int:
        """The place of the first row in the whole list, from 1; 0 where the page is empty."""
        return (self.number - 1) * self.size + 1 if self.rows else 0

    @property
    def last(self) -> int:
        """The place of the last row in the whole list; 0 where the page is empty."""
        return self.first + len(self.rows) - 1 if self.rows else 0

    @property
    def pages(self) -> int:
        """How many pages the whole list has, at least 1."""
        return max(1, -(-self.total // self.size))

    def address(self, number: int) -> str:
        """Return the address of another page of the same list."""
        words = {"q": self.text} if self.text else {}
        turned = {"page": str(number)} if number > 1 else {}
        return _here(self.kept | words | turned)

    @property
    def all_address(self) -> str:
        """The address of the same list, nothing searched for."""
        return _here(self.kept)


@dataclass(frozen=True)
class Window:
    """Which part of a list the address asks for: `offset` rows are skipped, `limit` are shown."""

    number: int
    size: int
    text: str
    kept: dict[str, str]

    @property
    def offset(self) -> int:
        """How many rows stand before this page."""
        return (self.number - 1) * self.size

    @property
    def limit(self) -> int:
        """How many rows the page shows at most."""
        return self.size

    def page(self, rows: Sequence[T], total: int) -> Page[T]:
        """Return the page of these rows, `total` having been found altogether."""
        return Page(rows, total, self.number, self.size, self.text, self.kept)


def asked_window(*kept: str, size: int = PAGE_ROWS) -> Window:
    """Return which part of a list this request asks for, by `page` and `q` in its address.

    kept  names of other words in the address that filter the list, e.g. "status".
    A page number that is none counts as the first; a search is cut at LONGEST_SEARCH characters.
    """
    number = request.args.get("page", "")
    page = int(number) if number.isascii() and number.isdecimal() and len(number) < 9 else 1
    text = (outer_blanks_off(request.args.get("q")) or "")[:LONGEST_SEARCH]
    words = {name: request.args[name] for name in kept if request.args.get(name)}
    return Window(min(max(page, 1), LAST_PAGE), size, text, words)


def _here(words: dict[str, str]) -> str:
    if request.endpoint is None:
        raise RuntimeError("a list stands on a page of ours")
    return url_for(request.endpoint, **(request.view_args or {}) | words)
