"""The fonts paper is set in: a main face for each weight, and others for rare characters."""

import json
import re
import threading
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

from exam_centre.kernel.errors import BadInput
from exam_centre.kernel.sentences import say

REGULAR = ("NotoSansSC-Regular.ttf", "LXGWWenKai-Rare-Regular.ttf")
BOLD = ("NotoSansSC-Bold.ttf", "LXGWWenKai-Rare-Bold.ttf")
NO_BREAK = "\u2060"  # the word joiner: no line ends here, nothing is drawn
MAP_TO_TEXT = "toUnicodeCMap:"  # how the library's objects of that kind are named
FIVE_DIGITS = re.compile("<([0-9A-F]{5,6})>")
LONGEST_QUOTE = 40  # characters of a text that a refusal repeats

BLANKS = re.compile("[\t\u2000-\u200a\u205f]")
BREAKS = re.compile("\r\n|[\r\v\f\x85\u2028\u2029]")
# Joiners, soft hyphens and variation selectors change a neighbour's looks and have none of their
# own; the fonts hold one look of each character.
UNSEEN = re.compile("[\u00ad\u200b-\u200d\ufe00-\ufe0f\ufeff\U000e0100-\U000e01ef]")
# Composing would also exchange these Han characters for others, and a name keeps its own.
COMPOSABLE = re.compile("[^\uf900-\ufaff\U0002f800-\U0002fa1f]+")
# The main face draws these as wide as a Han character, which tears English words apart.
ENGLISH = str.maketrans(
    {"\u2018": "'", "\u2019": "'", "\u201c": '"', "\u201d": '"', "\u2026": "..."}
)


class CannotDraw(BadInput):
    """No font has these characters; drawing them would leave blanks.

    characters  each once, in the order of the text.
    text        the text they stand in.
    """

    code = "cannot_draw"

    def __init__(self, characters: str, text: str) -> None:
        self.characters, self.text = characters, text
        names = " ".join(_name(each) for each in characters)
        quote = text if len(text) <= LONGEST_QUOTE else text[:LONGEST_QUOTE] + "…"
        super().__init__(
            say(
                "No font here can print {names} in “{text}”. Nothing was printed. "
                "Correct the text, or ask for a font that has it.",
                names=names,
                text="".join(each if each.isprintable() else "\ufffd" for each in quote),
            )
        )


@dataclass(frozen=True)
class Glyph:
    """How one character is drawn: in which registered font, and how far it advances (ems)."""

    font: str
    advance: float


@dataclass(frozen=True)
class Fonts:
    """Faces by weight, in the order they are asked. Make it once in a process.

    lock  a font keeps its place in its file and its subset while it is drawn with: one at a time.
    """

    regular: tuple[TTFont, ...]
    bold: tuple[TTFont, ...]
    lock: threading.Lock = field(default_factory=threading.Lock, repr=False, compare=False)
    _known: tuple[dict[str, Glyph | None], ...] = field(
        default_factory=lambda: ({}, {}), repr=False, compare=False
    )

    @classmethod
    def from_assets(cls, assets_dir: Path) -> "Fonts":
        """Return the fonts of an assets folder, read once in a process.

        Raises FileNotFoundError where `make assets` has not put them there.
        """
        return _load(assets_dir.resolve())

    def missing(self, text: str) -> str:
        """Return the characters of `text` that no face draws, each once; "" if all can be."""
        unique = dict.fromkeys(printable(text))
        return "".join(
            each for each in unique if each not in ("\n", NO_BREAK) and not self.glyph(each, False)
        )

    def glyph(self, character: str, bold: bool) -> Glyph | None:
        """Return how to draw a character: bold where a bold face has it, else in any face."""
        known = self._known[bold]
        if character not in known:
            known[character] = self._find(character, bold)
        return known[character]

    def check(self, texts: Sequence[str]) -> None:
        """Raise CannotDraw for the first text with a character that no face draws."""
        for text in texts:
            missing = self.missing(text)
            if missing:
                raise CannotDraw(missing, text)

    def _find(self, character: str, bold: bool) -> Glyph | None:
        code = ord(character)
        for font in (*self.bold, *self.regular) if bold else (*self.regular, *self.bold):
            if code in font.face.charToGlyph:
                advance: float = font.face.charWidths.get(code, font.face.defaultWidth)
                return Glyph(font.fontName, advance / 1000)
        return None


def printable(text: str, language: str = "zh") -> str:
    """Return the text as it is drawn: one kind of line break, plain blanks, composed accents."""
    text = BREAKS.sub("\n", text)
    text = UNSEEN.sub("", BLANKS.sub(" ", text)).replace("\u202f", "\xa0")
    if not text.isascii():
        text = COMPOSABLE.sub(lambda part: unicodedata.normalize("NFC", part[0]), text)
    return text.translate(ENGLISH) if language == "en" else text


def unbroken(text: str) -> str:
    """Return a text that no line break splits, such as a name in a sentence."""
    return NO_BREAK.join(text.replace(" ", "\xa0"))


@cache
def _load(folder: Path) -> Fonts:
    manifest = folder / "manifest.json"
    if not manifest.exists():
        raise FileNotFoundError(f"no fonts in {folder}: run `make assets`")
    files: dict[str, str] = json.loads(manifest.read_text())
    regular, bold = (
        tuple(_register(folder / files[name]) for name in names) for names in (REGULAR, BOLD)
    )
    return Fonts(regular, bold)


class _SearchableFont(TTFont):
    """Writes characters beyond U+FFFF so that people can search and copy them.

    The library spells them with five digits, which readers take for other characters; the PDF
    specification (ISO 32000-1, 9.10.3) wants UTF-16.
    """

    def addObjects(self, doc: Any) -> None:  # noqa: N802 - the library's name
        """Add the font's objects, then spell the maps back to text anew."""
        super().addObjects(doc)
        for name, each in doc.idToObject.items():
            if name.startswith(MAP_TO_TEXT):
                each.content = FIVE_DIGITS.sub(_as_utf16, each.content)


def _as_utf16(spelled: re.Match[str]) -> str:
    return f"<{chr(int(spelled[1], 16)).encode('utf-16-be').hex().upper()}>"


def _register(path: Path) -> TTFont:
    # The hash in the file's name keeps two versions of a font apart.
    font = _SearchableFont(path.stem, str(path), shapable=False)
    pdfmetrics.registerFont(font)
    return font


def _name(character: str) -> str:
    code = f"U+{ord(character):04X}"
    return f"{character} ({code})" if character.isprintable() else code
