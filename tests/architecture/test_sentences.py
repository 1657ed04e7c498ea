"""Every word a person reads is said in both languages."""

import ast
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from jinja2 import Environment, nodes

from deploy import translations
from tests.architecture.sources import pages, parsed, python_files, short

LETTERS = re.compile(r"[^\W\d_]{2,}")
SAID_ATTRIBUTES = {"alt", "aria-label", "placeholder", "title"}
TWO_WORDS = re.compile(r"[A-Za-z]{2,} [A-Za-z]{2,}|[\u4e00-\u9fff]")
GETTEXT = {"_", "gettext", "ngettext", "pgettext"}
MARKERS = {"say", "_", "_l", "gettext", "lazy_gettext"}
EXPRESSION = "x1"  # stands for what is computed; a word only where it may stand in a tag
JINJA = Environment(extensions=["jinja2.ext.do", "jinja2.ext.i18n"], autoescape=True)


class Words(HTMLParser):
    """Collects what a page says without asking the translators."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.silent += tag in ("script", "style")
        for name, value in attrs:
            if name in SAID_ATTRIBUTES and value and LETTERS.search(value):
                self.found.append(f"{name}={value}")

    def handle_endtag(self, tag: str) -> None:
        self.silent -= tag in ("script", "style")

    def handle_data(self, data: str) -> None:
        if not self.silent and LETTERS.search(data):
            self.found.append(data.strip())


def untranslated(source: str) -> list[str]:
    """Return the words of a template that stand outside gettext."""
    html, depth = "", 0
    for _line, kind, value in JINJA.lex(source):
        if kind == "data":
            html += value
        elif kind in ("variable_begin", "block_begin"):
            depth += 1
        elif kind in ("variable_end", "block_end"):
            depth -= 1
            html += EXPRESSION
    words = Words()
    words.feed(html)
    return words.found + _constants(JINJA.parse(source), said=False)


def _constants(node: nodes.Node, *, said: bool) -> list[str]:
    if isinstance(node, nodes.Call) and getattr(node.node, "name", "") in GETTEXT:
        said = True
    if isinstance(node, nodes.Const) and isinstance(node.value, str) and not said:
        return [node.value] if TWO_WORDS.search(node.value) else []
    return [word for child in node.iter_child_nodes() for word in _constants(child, said=said)]


@pytest.mark.parametrize("page", pages(), ids=short)
def test_a_page_says_nothing_untranslated(page: Path):
    assert untranslated(page.read_text()) == []


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("<p>Sign in</p>", ["Sign in"]),
        ('<img alt="The seat map">', ["alt=The seat map"]),
        ("{% if a %}<b>登录</b>{% endif %}", ["登录"]),
        ('{{ plate("Seat number", 14) }}', ["Seat number"]),
        ('{{ _("Sign in") }} {{ 14 }} <script>const seat = 1;</script>', []),
        ('<p class="lead">{{ name }}</p>{# A word for developers. #}', []),
    ],
)
def test_words_outside_gettext_are_found(source, words):
    assert untranslated(source) == words


def unreadable(tree: ast.AST) -> list[int]:
    """Return the lines whose sentence the translators' reader can not see as it will be said."""
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and node.args]
    named = [c for c in calls if getattr(c.func, "id", "") in MARKERS]
    return [
        c.lineno
        for c in named
        if not (isinstance(c.args[0], ast.Constant) and isinstance(c.args[0].value, str))
    ]


def test_a_sentence_is_written_out_where_it_is_marked():
    found = [
        f"{short(path)}:{line}"
        for path in python_files("exam_centre", "reference_bank")
        for line in unreadable(parsed(path))
    ]

    assert found == []


@pytest.mark.parametrize(
    "code", ["say(f'{a}')", "say('a' if b else 'c')", "_(words)", "_l('a' + b)"]
)
def test_a_sentence_the_reader_can_not_see_is_found(code):
    assert unreadable(ast.parse(code)) == [1]


def test_the_translators_read_the_components_too():
    read = {place.split("/")[1] for m in translations.extract() for place, _ in m.locations}

    assert {"_components", "accounts", "overview", "webkit"} <= read


def test_both_catalogues_are_complete():
    assert translations.check() == []
