"""Every act the trail can keep has words in both languages, and so has every finding."""

import ast
from collections.abc import Iterator

import pytest

from exam_centre.accounts.rules import PhoneChangeStatus
from exam_centre.adapters.credit_bank import PushResult
from exam_centre.app import ROOMS
from exam_centre.kernel import audit
from exam_centre.kernel.sentences import catalogue
from exam_centre.overview.rules import (
    ACT_WORDS,
    FIGURES,
    KIND_WORDS,
    act_words,
    kind_of,
    meaning_of,
)
from exam_centre.timetable.rules import MoveKind
from exam_centre.venues.rules import VenueStatus
from tests.architecture.sources import PACKAGE, parsed, python_files, short

# Acts that end in a word chosen at that moment: which words can be chosen.
ENDINGS = {
    "accounts.new_phone_": [status.value for status in PhoneChangeStatus],
    "credits.bank_said_": [*PushResult, "refused", "mismatch", "busy", "unknown"],
    "timetable.hand_": list(MoveKind),
    "venues.venue_": [VenueStatus.APPROVED, VenueStatus.REFUSED],
}
KINDS = {*ROOMS, "jobs"}


def recorded() -> Iterator[tuple[str, str]]:
    """Yield (where, act) of everything that is recorded anywhere."""
    for path in python_files("exam_centre"):
        tree = parsed(path)
        for call in ast.walk(tree):
            if is_recording(call):
                for act in acts_in(call.args[2], tree):
                    yield f"{short(path)}:{call.lineno}", act


def is_recording(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in ("record", "record_all", "record_facts")
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id == "audit"
    )


def acts_in(node: ast.expr, tree: ast.Module) -> Iterator[str]:
    """Yield the acts an expression may stand for."""
    match node:
        case ast.Constant(value=str(act)):
            yield act
        case ast.IfExp():
            yield from acts_in(node.body, tree)
            yield from acts_in(node.orelse, tree)
        case ast.JoinedStr(values=[ast.Constant(value=str(start)), *_]):
            yield from (f"{start}{ending}" for ending in ENDINGS[start])
        case ast.Name(id=name):
            found = [
                a.value
                for a in ast.walk(tree)
                if isinstance(a, ast.Assign)
                and any(isinstance(t, ast.Name) and t.id == name for t in a.targets)
            ]
            for value in found:
                yield from acts_in(value, tree)
            if not found or name.isupper():
                yield from of_the_overview(name)
        case _:
            raise AssertionError(f"a test can not read this act: {ast.unparse(node)}")


def of_the_overview(name: str) -> Iterator[str]:
    """Yield the act that a constant of this room's rules names."""
    for node in parsed(PACKAGE / "overview" / "rules" / "__init__.py").body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == name:
            yield ast.literal_eval(node.value)
            return
    raise AssertionError(f"nothing is known of {name}")


def test_every_act_that_is_recorded_has_words():
    acts = {act: where for where, act in recorded()}

    assert len(acts) > 200
    assert {act: where for act, where in acts.items() if act not in ACT_WORDS} == {}


def test_no_words_are_kept_for_an_act_that_nobody_records():
    assert ACT_WORDS.keys() - {act for _, act in recorded()} == set()


def test_every_act_is_of_a_kind_that_can_be_chosen():
    assert {kind_of(act) for act in ACT_WORDS} == KIND_WORDS.keys()
    assert KIND_WORDS.keys() <= KINDS


def test_no_two_acts_are_called_the_same():
    words = [words.text for words in ACT_WORDS.values()]

    assert len(set(words)) == len(words)


@pytest.mark.parametrize("table", [ACT_WORDS, KIND_WORDS, FIGURES])
def test_the_words_are_said_in_chinese(table):
    chinese = catalogue("zh")

    assert [s.text for s in table.values() if chinese.gettext(s.text) == s.text] == []


def test_an_act_of_a_later_program_is_called_by_its_own_name():
    assert act_words("moon.landed").say_in("zh") == "moon.landed"


def test_every_finding_of_the_kernel_has_a_meaning_and_an_advice():
    problems = []
    for node in ast.walk(parsed(PACKAGE / "kernel" / "audit.py")):
        if isinstance(node, ast.Call) and ast.unparse(node.func) == audit.Finding.__name__:
            said = node.args[2]
            start = said.values[0] if isinstance(said, ast.JoinedStr) else said
            problems.append(ast.literal_eval(start))

    assert len(problems) == 10
    assert [problem for problem in problems if meaning_of(problem) is None] == []
    assert meaning_of("something new") is None
