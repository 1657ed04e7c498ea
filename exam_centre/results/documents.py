"""What is printed of results: a sheet to sign, a release with its hash, a correction."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from babel.dates import format_datetime

from exam_centre.adapters.pdf import (
    Align,
    Block,
    Boxed,
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
from exam_centre.calendar.models import Series
from exam_centre.kernel.clock import at_venue
from exam_centre.kernel.sentences import LANGUAGES, Sentence, say
from exam_centre.results.models import Correction, Outcome, ReleaseBatch
from exam_centre.results.queries.pages import OutcomeRow
from exam_centre.results.rules import Verdict
from exam_centre.results.rules.words import BATCH_WORDS, CORRECTION_WORDS, VERDICT_WORDS

MOMENTS = {"zh": "y年M月d日 HH:mm", "en": "d MMMM y, HH:mm"}
NOTHING = "–"
HASH_SHOWN = 12
Speaker = Callable[[Sentence], str]  # says a sentence in the language of the paper
Names = Mapping[int, str]  # person id -> name


@dataclass(frozen=True)
class Release:
    """A batch with everything its papers say of it."""

    batch: ReleaseBatch
    series: Series
    rows: Sequence[OutcomeRow]
    names: Names  # of those who signed
    computed_sha256: str  # over the outcomes as they are at this moment


def result_sheet(release: Release, *, course: str = "", language: str) -> Document:
    """Return the outcomes of a batch to be signed, by course and student number.

    course  its code: the sheet of one course alone.
    """
    word = _speaker(language)
    batch = release.batch
    chosen = [row for row in release.rows if course in ("", row.course_code)]
    lines = sorted(chosen, key=lambda row: (row.course_code, row.person_no))
    title = word(say("Result sheet"))
    columns = (
        Column(word(say("No.")), width_mm=13, align=Align.RIGHT),
        Column(word(say("Student number")), width_mm=36),
        Column(word(say("Name")), weight=1.2, bold=True),
        Column(word(say("Course")), weight=1.8),
        Column(word(say("Score")), width_mm=17, align=Align.RIGHT, bold=True),
        Column(word(say("Verdict")), width_mm=34),
    )
    rows = tuple(
        (
            str(nth),
            row.person_no,
            row.name,
            f"{row.course_code} {row.course_name}",
            _score(row.outcome),
            word(VERDICT_WORDS[row.outcome.verdict]),
        )
        for nth, row in enumerate(lines, start=1)
    )
    short = batch.content_sha256[:HASH_SHOWN]
    return Document(
        title=title,
        number=f"RS-{release.series.code}-{short}" + (f"-{course}" if course else ""),
        language=language,
        blocks=(
            Heading(f"{title}  {release.series.name}"),
            Facts(
                (
                    (word(say("Status")), word(BATCH_WORDS[batch.status])),
                    (word(say("Outcomes")), str(len(lines))),
                    *_counts(lines, word),
                ),
                columns=2,
                label_mm=40,
            ),
            Table(columns, rows, row_mm=7, size=Size.SMALL),
            Spacer(6),
            _three_people(release, word),
        ),
        footer=((word(say("Batch")), short),),
    )


def release_sheet(release: Release, *, language: str) -> Document:
    """Return the sheet of a release: what was released, by whom, when, and its SHA-256."""
    word = _speaker(language)
    batch, zone = release.batch, release.series.time_zone
    courses = Counter((row.course_code, row.course_name) for row in release.rows)
    passed = Counter(
        row.course_code for row in release.rows if row.outcome.verdict is Verdict.PASSED
    )
    title = word(say("Release sheet"))
    same = batch.content_sha256 == release.computed_sha256
    return Document(
        title=title,
        number=f"RL-{release.series.code}-{batch.content_sha256[:HASH_SHOWN]}",
        language=language,
        blocks=(
            Heading(f"{title}  {release.series.name}"),
            Facts(
                (
                    (word(say("Status")), word(BATCH_WORDS[batch.status])),
                    (word(say("Released at")), _moment(batch.released_at, zone, language)),
                    (word(say("Not before")), _moment(batch.embargo_until, zone, language)),
                    (word(say("Outcomes")), str(len(release.rows))),
                    *_counts(release.rows, word),
                ),
                columns=2,
                label_mm=40,
            ),
            Boxed(
                (
                    Text(word(say("SHA-256 of the content")), Size.SMALL),
                    Text(_in_groups(batch.content_sha256), bold=True),
                    Text(
                        word(
                            say("Computed again for this print: the same.")
                            if same
                            else say("Computed again for this print: the content has changed.")
                        ),
                        Size.SMALL,
                        bold=not same,
                    ),
                )
            ),
            Text(
                word(
                    say(
                        "The hash covers the stable number, version, score and verdict of every "
                        "outcome in the batch. A single changed score gives another one."
                    )
                ),
                Size.SMALL,
            ),
            Heading(word(say("By course")), level=2),
            Table(
                (
                    Column(word(say("Course")), weight=3),
                    Column(word(say("Outcomes")), width_mm=28, align=Align.RIGHT),
                    Column(word(VERDICT_WORDS[Verdict.PASSED]), width_mm=28, align=Align.RIGHT),
                ),
                tuple(
                    (f"{code} {name}", str(count), str(passed[code]))
                    for (code, name), count in sorted(courses.items())
                ),
            ),
            Spacer(6),
            _three_people(release, word),
        ),
        footer=((word(say("Batch")), batch.content_sha256[:HASH_SHOWN]),),
    )


def correction_form(
    correction: Correction,
    row: OutcomeRow,
    series: Series,
    explanation: Sentence,
    new: Outcome | None,
    names: Names,
    *,
    language: str,
) -> Document:
    """Return a correction or an appeal to be signed: what stands, what should, who says so.

    new  the version it brought about, None before it is applied.
    """
    word = _speaker(language)
    title = word(say("Appeal form") if correction.is_appeal else say("Correction form"))
    blocks: tuple[Block, ...] = (
        Heading(f"{title}  {series.name}"),
        Facts(
            (
                (word(say("Name")), row.name),
                (word(say("Student number")), row.person_no),
                (word(say("Course")), f"{row.course_code} {row.course_name}"),
                (word(say("Status")), word(CORRECTION_WORDS[correction.status])),
            ),
            label_mm=40,
        ),
        Heading(word(say("What stands")), level=2),
        Facts(
            (
                (word(say("Version")), str(row.outcome.number)),
                (word(say("Score")), _score(row.outcome)),
                (word(say("Verdict")), word(VERDICT_WORDS[row.outcome.verdict])),
            ),
            columns=3,
        ),
        Text(word(explanation)),
        Heading(word(say("What should stand")), level=2),
        Facts(
            (
                (word(say("Final part should be")), _part(correction.final_score, word)),
                (word(say("Formative part should be")), _part(correction.formative_score, word)),
                *(_new_version(new, word) if new is not None else ()),
            ),
            label_mm=55,
        ),
        Heading(word(say("Reason")), level=2),
        Text(correction.reason),
        Heading(word(say("Evidence")), level=2),
        Text(correction.evidence or word(say("Nothing was added."))),
        Spacer(8),
        Signatures(
            (
                _label(say("Asked by"), correction.asked_by_id, names, word),
                _label(say("Looked at again by"), correction.examined_by_id, names, word),
                _label(say("Decided by"), correction.decided_by_id, names, word),
            ),
            per_row=1,
            dated=word(say("Date")),
        ),
    )
    return Document(
        title=title,
        number=f"{'AP' if correction.is_appeal else 'CO'}-{series.code}-{correction.token[:8]}",
        language=language,
        blocks=blocks,
    )


def _new_version(new: Outcome, word: Speaker) -> tuple[tuple[str, str], ...]:
    verdict = word(VERDICT_WORDS[new.verdict])
    return ((word(say("New version")), f"{new.number}: {_score(new)} {verdict}"),)


def _three_people(release: Release, word: Speaker) -> Signatures:
    batch, names = release.batch, release.names
    return Signatures(
        (
            _label(say("Prepared by"), batch.prepared_by_id, names, word),
            _label(say("Approved by"), batch.approved_by_id, names, word),
            _label(say("Released by"), batch.released_by_id, names, word),
        ),
        per_row=1,
        dated=word(say("Date")),
    )


def _label(role: Sentence, person_id: int | None, names: Names, word: Speaker) -> str:
    return f"{word(role)}  {names[person_id]}" if person_id is not None else word(role)


def _counts(rows: Sequence[OutcomeRow], word: Speaker) -> tuple[tuple[str, str], ...]:
    """Return how many outcomes have which verdict; a verdict nobody has is left out."""
    found = Counter(row.outcome.verdict for row in rows)
    return tuple(
        (word(words), str(found[verdict]))
        for verdict, words in VERDICT_WORDS.items()
        if found[verdict]
    )


def _speaker(language: str) -> Speaker:
    return lambda sentence: sentence.say_in(language)


def _score(outcome: Outcome) -> str:
    return NOTHING if outcome.score is None else _plain(outcome.score)


def _part(score: Decimal | None, word: Speaker) -> str:
    return word(say("as it is")) if score is None else _plain(score)


def _plain(number: Decimal) -> str:
    return format(number.normalize(), "f")


def _moment(at: datetime | None, zone: str, language: str) -> str:
    if at is None:
        return NOTHING
    return format_datetime(at_venue(at, zone), MOMENTS[language], locale=LANGUAGES[language])


def _in_groups(digest: str) -> str:
    """Return a hash in groups of eight, as people compare it by eye."""
    return " ".join(digest[start : start + 8] for start in range(0, len(digest), 8))
