"""A sentence that nobody translated, or translated with other facts, is found."""

from pathlib import Path

import pytest

from deploy import translations

CODE = '''"""A room."""
from flask_babel import gettext as _
from exam_centre.kernel.sentences import say

GREETING = _("Good morning.")
WAY = say("Go to room {room}.", room=204)
'''
PAGE = """{% trans count=papers %}one paper{% pluralize %}{{ count }} papers{% endtrans %}
{{ _("Hello, %(name)s.", name=name) }}
"""
CHINESE = {
    "Good morning.": "早上好。",
    "Go to room {room}.": "请到{room}室。",
    "Hello, %(name)s.": "%(name)s，你好。",
}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "exam_centre").mkdir()
    (tmp_path / "exam_centre" / "rooms.py").write_text(CODE)
    (tmp_path / "templates" / "papers").mkdir(parents=True)
    (tmp_path / "templates" / "papers" / "show.html").write_text(PAGE)
    translations.update(tmp_path)
    return tmp_path


def catalogue(project: Path) -> Path:
    return project / "translations" / "zh_Hans_CN" / "LC_MESSAGES" / "messages.po"


def translate(project: Path, words: dict[str, str]) -> None:
    text = catalogue(project).read_text()
    for english, chinese in words.items():
        text = text.replace(
            f'msgid "{english}"\nmsgstr ""', f'msgid "{english}"\nmsgstr "{chinese}"'
        )
    text = text.replace('msgstr[0] ""', 'msgstr[0] "%(count)s份试卷"')
    catalogue(project).write_text(text)


def test_a_whole_catalogue_passes(project):
    translate(project, CHINESE)

    assert translations.check(project) == []


def test_sentences_of_code_pages_and_rooms_are_found_untranslated(project):
    assert sorted(translations.check(project)) == [
        "zh_Hans_CN: untranslated: Go to room {room}.",
        "zh_Hans_CN: untranslated: Good morning.",
        "zh_Hans_CN: untranslated: Hello, %(name)s.",
        "zh_Hans_CN: untranslated: one paper",
    ]


def test_a_sentence_that_is_in_no_catalogue_is_missing_from_both(project):
    translate(project, CHINESE)
    (project / "exam_centre" / "new.py").write_text('say("A new sentence.")\n')

    assert translations.check(project) == [
        "zh_Hans_CN: missing: A new sentence.",
        "en: missing: A new sentence.",
    ]


def test_a_doubtful_translation_does_not_count(project):
    translate(project, CHINESE)
    text = catalogue(project).read_text()
    doubtful = text.replace('msgid "Good morning."', '#, fuzzy\nmsgid "Good morning."')
    catalogue(project).write_text(doubtful)

    assert translations.check(project) == ["zh_Hans_CN: fuzzy: Good morning."]


@pytest.mark.parametrize(
    ("english", "chinese"),
    [("Go to room {room}.", "请到{raum}室。"), ("Hello, %(name)s.", "你好。")],
)
def test_a_translation_must_name_the_facts_of_its_sentence(project, english, chinese):
    translate(project, CHINESE | {english: chinese})

    assert translations.check(project) == [
        f"zh_Hans_CN: names other facts than the sentence: {english}"
    ]


def test_an_update_keeps_translations_drops_unused_ones_and_changes_nothing_twice(project):
    translate(project, CHINESE)
    (project / "exam_centre" / "rooms.py").write_text('_("Good morning.")\n')
    translations.update(project)
    once = catalogue(project).read_text()

    translations.update(project)

    assert catalogue(project).read_text() == once
    assert "早上好。" in once
    assert "{room}" not in once


def test_a_changed_catalogue_is_compiled_again(project):
    translate(project, CHINESE)
    translations.compile_all(project)
    compiled = catalogue(project).with_suffix(".mo")

    assert "早上好。".encode() in compiled.read_bytes()
