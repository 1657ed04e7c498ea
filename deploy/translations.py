"""Keeps the catalogues in step with the sentences in code and pages: check, update, compile."""

import os
import re
import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "translations"
LANGUAGES = ("zh_Hans_CN", "en")
SOURCE_LANGUAGE = "en"  # the sentences in the code are English, so its catalogue may be bare
PAGE = {"extensions": "jinja2.ext.do", "silent": "false"}
SOURCES = (
    ("exam_centre", [("**.py", "python")]),
    ("reference_bank", [("**.py", "python")]),
    ("templates", [("**.html", "jinja2"), ("**.txt", "jinja2")]),
)
KEYWORDS = DEFAULT_KEYWORDS | {"_l": None, "lazy_gettext": None, "lazy_ngettext": (1, 2)}
KEYWORDS |= {"say": None}
FACT = re.compile(r"%\((\w+)\)[sd]|\{(\w+)")  # %(room)s or {room}
CHANGING_HEADERS = (b'"POT-Creation-Date', b'"PO-Revision-Date', b'"Generated-By')


def extract(root: Path = ROOT) -> Catalog:
    """Return every sentence marked for translation below `root`."""
    template = Catalog(project="Exam Centre", charset="utf-8")
    for folder, methods in SOURCES:
        found = extract_from_dir(
            root / folder,
            method_map=methods,
            options_map={pattern: PAGE for pattern, method in methods if method == "jinja2"},
            keywords=KEYWORDS,
            # Left to itself, Babel passes over folders such as _components.
            directory_filter=lambda place: not Path(place).name.startswith((".", "__")),
        )
        for path, line, sentence, comments, context in found:
            place = [(f"{folder}/{path}", line)]
            template.add(sentence, None, place, auto_comments=comments, context=context)
    return template


def check(root: Path = ROOT) -> list[str]:
    """Return what is wrong, one line each: missing, fuzzy, untranslated, or other facts."""
    template = extract(root)
    return [
        f"{language}: {fault}"
        for language in LANGUAGES
        for fault in _faults(template, _read(root, language), language)
    ]


def update(root: Path = ROOT) -> None:
    """Write new sentences into the catalogues, drop unused ones, keep every translation."""
    template = extract(root)
    for language in LANGUAGES:
        catalog = _read(root, language)
        catalog.update(template, no_fuzzy_matching=True)
        target = _path(root, language)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(_without_dates(catalog))


def compile_all(root: Path = ROOT) -> None:
    """Write the .mo file of each catalogue that is newer than its compiled form."""
    for language in LANGUAGES:
        source = _path(root, language)
        compiled = source.with_suffix(".mo")
        if not source.exists():
            continue
        if compiled.exists() and compiled.stat().st_mtime >= source.stat().st_mtime:
            continue
        # Two processes may start at once: each writes its own file and moves it into place.
        fresh = compiled.with_suffix(f".mo.{os.getpid()}")
        with fresh.open("wb") as target:
            write_mo(target, _read(root, language))
        fresh.replace(compiled)


def _faults(template: Catalog, catalog: Catalog, language: str) -> Iterator[str]:
    for wanted in template:
        if not wanted.id:
            continue
        words = wanted.id if isinstance(wanted.id, str) else wanted.id[0]
        found = catalog.get(wanted.id, wanted.context)
        if found is None:
            yield f"missing: {words}"
        elif found.fuzzy:
            yield f"fuzzy: {words}"
        elif not _is_said(found):
            if language != SOURCE_LANGUAGE:
                yield f"untranslated: {words}"
        elif not _keeps_facts(found):
            yield f"names other facts than the sentence: {words}"


def _strings(message: Message) -> tuple[str, ...]:
    return (message.string,) if isinstance(message.string, str) else tuple(message.string or ())


def _is_said(message: Message) -> bool:
    strings = _strings(message)
    return bool(strings) and all(strings)


def _keeps_facts(message: Message) -> bool:
    sources = (message.id,) if isinstance(message.id, str) else tuple(message.id)
    # One plural form may leave its number out ("one paper"), so only the fullest form binds.
    allowed = set().union(*map(_facts, sources))
    needed = set.intersection(*map(_facts, sources))
    return all(needed <= _facts(string) <= allowed for string in _strings(message))


def _facts(sentence: str) -> set[str]:
    return {first or second for first, second in FACT.findall(sentence)}


def _path(root: Path, language: str) -> Path:
    return root / FOLDER.name / language / "LC_MESSAGES" / "messages.po"


def _read(root: Path, language: str) -> Catalog:
    path = _path(root, language)
    if not path.exists():
        return Catalog(locale=language, project="Exam Centre", charset="utf-8", fuzzy=False)
    with path.open("rb") as source:
        return read_po(source, locale=language)


def _without_dates(catalog: Catalog) -> bytes:
    """Return the catalogue as text that changes only where a sentence does."""
    text = BytesIO()
    write_po(text, catalog, width=100, ignore_obsolete=True, sort_output=True, include_lineno=False)
    lines = text.getvalue().splitlines(keepends=True)
    return b"".join(line for line in lines if not line.startswith(CHANGING_HEADERS))


def main(step: str) -> None:
    """Run one step; `check` leaves with 1 and a list where anything is wrong."""
    if step == "update":
        update()
    elif step == "compile":
        compile_all()
    elif step == "check":
        faults = check()
        if faults:
            sys.exit("\n".join([*faults, f"{len(faults)} faults in the translations"]))
    else:
        sys.exit("usage: python -m deploy.translations check | update | compile")


if __name__ == "__main__":
    main(" ".join(sys.argv[1:]))
