"""Sentences that travel untranslated: rooms say what happened, the edge says it in a language."""

import gettext
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

TRANSLATIONS = Path(__file__).resolve().parents[2] / "translations"
LANGUAGES = {"zh": "zh_Hans_CN", "en": "en"}  # what people choose -> the catalogue's folder


@dataclass(frozen=True)
class Sentence:
    """A sentence in English with named facts, e.g. "Go to {room}." and {"room": "204"}."""

    text: str
    facts: Mapping[str, object] = field(default_factory=dict)

    def say_in(self, language: str) -> str:
        """Return the sentence in `language` ("zh" or "en"), English where it has no translation."""
        facts = {
            name: fact.say_in(language) if isinstance(fact, Sentence) else fact
            for name, fact in self.facts.items()
        }
        return catalogue(language).gettext(self.text).format(**facts)

    def __str__(self) -> str:
        return self.say_in("en")


def say(text: str, /, **facts: object) -> Sentence:
    """Make a sentence; the name marks its text for the translators."""
    return Sentence(text, facts)


@cache
def catalogue(language: str) -> gettext.NullTranslations:
    """Return the compiled catalogue of a language, or an empty one where none is compiled."""
    folder = LANGUAGES.get(language, "en")
    return gettext.translation("messages", TRANSLATIONS, [folder], fallback=True)
