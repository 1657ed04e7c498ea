"""What the mark sheet of a bundle and the report of its moderation say on paper: codes, no names.

The names of markers, moderators and the office stand where they sign; nobody else's are printed.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from exam_centre.adapters.pdf import (
    Align,
    Block,
    Cell,
    Column,
    Document,
    Facts,
    Heading,
    Signatures,
    Size,
    Spacer,
    Table,
    Text,
)
from exam_centre.kernel.sentences import Sentence, say
from exam_centre.marking.models import Mark
from exam_centre.marking.queries import ReportLine, Script
from exam_centre.marking.queries.grid import GridLine, SheetFacts
from exam_centre.marking.queries.pages import BundleLine
from exam_centre.marking.rules import MarkStatus
from exam_centre.marking.rules.words import (
    BUNDLE_NAMES,
    HOW_SETTLED,
    ROUND_NAMES,
    STATUS_NAMES,
    VERDICT_NAMES,
    WHY_SAMPLED,
    grouped,
)

NOTHING = "–"
Speaker = Callable[[Sentence], str]  # says a sentence in the language of the paper


@dataclass(frozen=True)
class Reading:
    """Who read a sample, and by which rules."""

    moderator: str
    approver: str  # "": nobody approved the bundle yet
    tolerance: Decimal
    scripts: int  # in the bundle, place-holders included


def mark_sheet(
    line: BundleLine,
    scripts: Sequence[Script],
    *,
    shows_marks: bool,
    language: str,
) -> Document:
    """Return the sheet of a bundle: every code, its rounds, and where the markers sign.

    shows_marks  False: the cells of scripts stay empty, for marks that are written by hand or not
                 to be seen yet. What the register says of an empty seat is printed in any case.
    """
    word = _speaker(language)
    numbers = tuple(n for n in (1, 2, 3) if n == 1 or (n == 2 and line.second_needed))
    if shows_marks and any(3 in script.rounds for script in scripts):
        numbers = (*numbers, 3)
    rows: list[tuple[Cell, ...]] = []
    holders = 0
    for place, script in enumerate(scripts, start=1):
        is_holder = _is_holder(script)
        holders += is_holder
        shown = shows_marks or is_holder
        final = script.final
        rows.append(
            (
                str(place),
                grouped(script.code),
                *(_given(script.rounds.get(n), word) if shown else "" for n in numbers),
                _said(final.score, final.status, word) if shown else "",
                word(say("No script"))
                if is_holder
                else word(HOW_SETTLED[final.how])
                if shows_marks
                else "",
            )
        )
    columns = (
        Column(word(say("Place")), width_mm=14, align=Align.RIGHT),
        Column(word(say("Secret code")), width_mm=30, bold=True),
        *(Column(word(ROUND_NAMES[n]), align=Align.RIGHT) for n in numbers),
        Column(word(say("Final")), align=Align.RIGHT, bold=True),
        Column(word(say("How"))),
    )
    title = word(say("Mark sheet"))
    return Document(
        title=title,
        number=f"MS-{line.first_code}",
        language=language,
        blocks=(
            Heading(f"{title}  {line.where.paper_code} {line.where.paper_name}"),
            _facts_of(line, len(scripts), holders, word),
            Table(columns, tuple(rows), row_mm=7),
            Spacer(6),
            Signatures(
                tuple(_signer(ROUND_NAMES[n], line, n, word) for n in numbers),
                dated=word(say("Date")),
            ),
        ),
    )


def own_mark_sheet(
    facts: SheetFacts,
    lines: Sequence[GridLine],
    *,
    round_no: int,
    marker: str,
    is_submitted: bool,
    language: str,
) -> Document:
    """Return one marker's own round to sign: codes and marks, no other round."""
    word = _speaker(language)
    rows = tuple(
        (
            str(each.line.position),
            each.shown_code,
            _said(each.line.score, each.line.status, word)
            if each.line.score is not None or each.line.status is not None
            else "",
            word(say("No script")) if each.line.place_holder else "",
        )
        for each in lines
    )
    marked = [each.line.score for each in lines if each.line.score is not None]
    state = say("Submitted") if is_submitted else say("Not submitted yet")
    title = word(say("Mark sheet"))
    return Document(
        title=title,
        number=f"MS-{facts.first_code}-{round_no}",
        language=language,
        blocks=(
            Heading(f"{title}  {facts.paper.code} {facts.paper.name}"),
            Facts(
                (
                    (word(say("Round")), word(ROUND_NAMES[round_no])),
                    (word(say("State")), word(state)),
                    (word(say("Codes")), str(len(lines))),
                    (word(say("No script")), str(sum(x.line.place_holder for x in lines))),
                    (word(say("Scripts with a mark")), str(len(marked))),
                    (word(say("Sum")), _plain(sum(marked, Decimal(0)))),
                ),
                columns=2,
                label_mm=40,
            ),
            Table(
                (
                    Column(word(say("Place")), width_mm=16, align=Align.RIGHT),
                    Column(word(say("Secret code")), bold=True),
                    Column(word(say("Mark")), align=Align.RIGHT, bold=True),
                    Column(word(say("Note"))),
                ),
                rows,
                row_mm=7,
            ),
            Spacer(6),
            Signatures((_label(ROUND_NAMES[round_no], marker, word),), dated=word(say("Date"))),
        ),
    )


def moderation_report(
    line: BundleLine, sample: Sequence[ReportLine], reading: Reading, *, language: str
) -> Document:
    """Return the report of a bundle's moderation: each sampled script with every mark it has."""
    word = _speaker(language)
    verdicts = [each.moderation.verdict for each in sample]
    has_third = any(3 in each.script.rounds for each in sample)
    numbers = (1, *((2,) if line.second_needed else ()), *((3,) if has_third else ()))
    rows = tuple(_sampled(each, numbers, word) for each in sample)
    title = word(say("Moderation report"))
    counts = tuple(
        (word(words), str(verdicts.count(verdict))) for verdict, words in VERDICT_NAMES.items()
    )
    body: tuple[Block, ...] = (
        Text(word(say("No script of this bundle has a number, so there was nothing to read."))),
    )
    if rows:
        columns = (
            Column(word(say("Secret code")), width_mm=25, bold=True),
            Column(word(say("Why")), width_mm=25),
            *(Column(word(ROUND_NAMES[n]), align=Align.RIGHT) for n in numbers),
            Column(word(say("Final")), align=Align.RIGHT, bold=True),
            Column(word(say("Moderator")), align=Align.RIGHT, bold=True),
            Column(word(say("Difference")), align=Align.RIGHT),
            Column(word(say("Verdict")), width_mm=27),
        )
        body = (Table(columns, rows, row_mm=7, size=Size.SMALL),)
    return Document(
        title=title,
        number=f"MR-{line.first_code}",
        language=language,
        blocks=(
            Heading(f"{title}  {line.where.paper_code} {line.where.paper_name}"),
            Facts(
                (
                    (word(say("From code")), grouped(line.first_code)),
                    (word(say("State")), word(BUNDLE_NAMES[line.bundle.status])),
                    (word(say("Codes")), str(reading.scripts)),
                    (word(say("Scripts read")), str(len(sample))),
                    (word(say("Tolerance")), _plain(reading.tolerance)),
                    *counts,
                ),
                columns=2,
                label_mm=40,
            ),
            *body,
            Text(word(_conclusion(verdicts)), bold=True),
            Spacer(6),
            Signatures(
                (
                    _label(say("Moderator"), reading.moderator, word),
                    _label(say("Approved by"), reading.approver, word),
                ),
                dated=word(say("Date")),
            ),
        ),
    )


def _sampled(each: ReportLine, numbers: Sequence[int], word: Speaker) -> tuple[Cell, ...]:
    final, own = each.script.final, each.moderation.score
    apart = f"{own - final.score:+f}" if own is not None and final.score is not None else NOTHING
    return (
        grouped(each.script.code),
        word(WHY_SAMPLED[each.moderation.why]),
        *(_given(each.script.rounds.get(n), word) for n in numbers),
        _said(final.score, final.status, word),
        _said(own, None, word),
        _trimmed(apart),
        word(VERDICT_NAMES[each.moderation.verdict]) if each.moderation.verdict else NOTHING,
    )


def _conclusion(verdicts: Sequence[str]) -> Sentence:
    open_ones = list(verdicts).count("sent_back")
    if open_ones:
        return say(
            "Beyond the tolerance: {count}. The bundle goes back to marking.",
            count=open_ones,
        )
    if "marked_again" in verdicts:
        return say("What lay beyond the tolerance has been marked again by a third marker.")
    return say("Every script that was read lies within the tolerance.")


def _facts_of(line: BundleLine, codes: int, holders: int, word: Speaker) -> Facts:
    where = line.where
    return Facts(
        (
            (word(say("Venue")), where.venue),
            (word(say("Room")), where.room),
            (word(say("Period")), where.period),
            (word(say("State")), word(BUNDLE_NAMES[line.bundle.status])),
            (word(say("Codes")), str(codes)),
            (word(say("No script")), str(holders)),
        ),
        columns=2,
    )


def _speaker(language: str) -> Speaker:
    return lambda sentence: sentence.say_in(language)


def _signer(role: Sentence, line: BundleLine, number: int, word: Speaker) -> str:
    held = line.rounds.get(number)
    return _label(role, held.marker if held else "", word)


def _label(role: Sentence, name: str, word: Speaker) -> str:
    return f"{word(role)}  {name}".strip()


def _is_holder(script: Script) -> bool:
    """Say whether the register says why there is no script: its marks have no marker."""
    return any(mark.marker_id is None for mark in script.rounds.values())


def _given(mark: Mark | None, word: Speaker) -> str:
    return NOTHING if mark is None else _said(mark.score, mark.status, word)


def _said(score: Decimal | None, status: MarkStatus | None, word: Speaker) -> str:
    if status is not None:
        return word(STATUS_NAMES[status])
    return NOTHING if score is None else _plain(score)


def _plain(number: Decimal) -> str:
    return format(number.normalize(), "f")


def _trimmed(signed: str) -> str:
    """Return a signed number without the zeros that say nothing: +2.50 is +2.5."""
    return signed.rstrip("0").rstrip(".") if "." in signed else signed
