"""The admission slip: A4 that folds to A5 with the QR outside."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from babel.dates import format_date
from sqlalchemy.orm import Session

from exam_centre.adapters.pdf import (
    Align,
    Block,
    Column,
    Columns,
    Document,
    Facts,
    Fold,
    Fonts,
    Heading,
    Photo,
    Plate,
    QrBlock,
    Size,
    Spacer,
    Table,
    Text,
    draw,
    draw_batch,
    unbroken,
)
from exam_centre.adapters.pdf.blocks import texts
from exam_centre.adapters.pdf.marks import read_photo
from exam_centre.adapters.storage import DiskStorage, FileMissing
from exam_centre.admission import queries
from exam_centre.admission.queries import SlipFacts, SlipPaper
from exam_centre.admission.service import slip_text
from exam_centre.calendar.models import RuleProfile
from exam_centre.calendar.queries import rules_of
from exam_centre.kernel.clock import at_venue
from exam_centre.kernel.errors import BadInput
from exam_centre.kernel.keys import KeyRing
from exam_centre.kernel.permissions import Actor
from exam_centre.kernel.sentences import LANGUAGES, Sentence, say
from exam_centre.papers.rules import Mode

DAYS = {"zh": "M月d日 EEE", "en": "EEE d MMM"}
QR_MM = 50.0
HASH_SHOWN = 12
VENUE = 3  # the place of the venue among the columns
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Setting:
    """How the papers are set: a person's slip is one sheet, however many papers they sit."""

    most_lines: float  # of the table
    size: Size
    widths_mm: tuple[float, float, float, float]  # day, time, room, seat
    rules_across: int  # columns that the rules are printed in


SETTINGS = (
    Setting(8, Size.LARGE, (32, 26, 19, 15), 1),
    Setting(11, Size.BODY, (28, 23, 17, 14), 2),
    Setting(float("inf"), Size.SMALL, (25, 21, 15, 13), 2),
)


@dataclass(frozen=True)
class Press:
    """What a slip is made with: the keys that sign it, the photos, the fonts."""

    ring: KeyRing
    photos: DiskStorage
    fonts: Fonts


@dataclass(frozen=True)
class Stopped:
    """A slip that was not printed, whose, and what has to be mended."""

    person_no: str
    name: str
    sentence: Sentence


@dataclass(frozen=True)
class SlipsPdf:
    """Slips in one file; `content` is None where nothing could be printed."""

    content: bytes | None
    printed: int
    stopped: tuple[Stopped, ...]


def slip_pdf(session: Session, facts: SlipFacts, press: Press, language: str = "") -> bytes:
    """Return one slip, in the person's language unless another is asked for.

    Raises CannotDraw, DamagedPhoto, TooLargeForAPage: nothing is printed with a gap in it.
    """
    profile = rules_of(session, facts.series.id)
    return draw(slip_document(facts, profile, press, language), press.fonts)


def slips_pdf(
    session: Session,
    slip_ids: Iterable[int],
    title: str,
    press: Press,
    progress: Progress | None = None,
) -> SlipsPdf:
    """Return slips as one file, in the order given, each in its person's language.

    A slip that can not be printed whole is left out and named; the others are printed.
    """
    wanted = queries.slip_facts(session, slip_ids)
    profiles: dict[int, RuleProfile] = {}
    documents: list[Document] = []
    stopped: list[Stopped] = []
    for number, facts in enumerate(wanted, 1):
        series_id = facts.series.id
        profiles[series_id] = profiles.get(series_id) or rules_of(session, series_id)
        try:
            document = slip_document(facts, profiles[series_id], press)
            _check(document, _photo(facts, press), press.fonts)
            documents.append(document)
        except BadInput as refusal:
            stopped.append(Stopped(facts.candidate.person_no, facts.person.name, refusal.sentence))
        if progress is not None and number % 50 == 0:
            progress(number, len(wanted))
    content = draw_batch(documents, title, press.fonts) if documents else None
    if progress is not None and wanted:
        progress(len(wanted), len(wanted))
    return SlipsPdf(content, len(documents), tuple(stopped))


def slips_pdf_of_venue(
    session: Session,
    venue_id: int,
    series_id: int,
    *,
    press: Press,
    actor: Actor | None = None,
    progress: Progress | None = None,
) -> SlipsPdf:
    """Return the slips whose first paper is sat at a venue, by its room and seat.

    Over all venues of a series every valid slip is printed once.
    """
    slips = queries.slips_by_first_seat(session, series_id, actor=actor, venue_id=venue_id)
    title = say("Admission slips").say_in("zh")
    return slips_pdf(session, [slip_id for slip_id, _ in slips], title, press, progress)


def slip_document(
    facts: SlipFacts, profile: RuleProfile, press: Press, language: str = ""
) -> Document:
    """Return what a slip says. The upper half is the outside, the lower half the inside."""
    language = language if language in LANGUAGES else facts.person.language
    words = _Words(language)
    number = f"EX-{facts.series.code}-{facts.candidate.person_no}-{facts.slip.number}"
    return Document(
        title=words(say("Admission slip")),
        number=number,
        language=language,
        blocks=(
            *_outside(facts, press, words),
            Fold(),
            *_inside(facts, profile, words),
        ),
        footer=(
            (words(say("Slip version")), str(facts.slip.number)),
            (words(say("Plan")), f"{facts.plan_number} {facts.plan_sha256[:HASH_SHOWN]}".strip()),
        ),
    )


class _Words:
    """Says sentences in one language."""

    def __init__(self, language: str) -> None:
        self.language = language

    def __call__(self, sentence: Sentence) -> str:
        return sentence.say_in(self.language)

    def day(self, moment: datetime, zone: str) -> str:
        there = at_venue(moment, zone)
        return format_date(there, DAYS[self.language], LANGUAGES[self.language])

    def time(self, moment: datetime, zone: str) -> str:
        return at_venue(moment, zone).strftime("%H:%M")


def _outside(facts: SlipFacts, press: Press, words: _Words) -> tuple[Block, ...]:
    slip, person = facts.slip, facts.person
    code = slip.short_code
    spaced = " ".join(code[place : place + 4] for place in range(0, len(code), 4))
    text = slip_text(slip, facts.candidate, facts.series, press.ring)
    about = (
        (words(say("Name")), unbroken(person.name)),
        (words(say("Candidate number")), facts.candidate.person_no),
        (words(say("ID ends in")), person.id_tail),
        (words(say("Series")), facts.series.name),
        (words(say("Slip version")), str(slip.number)),
    )
    missing = words(say("No photo: bring two documents with a photo"))
    photo = Photo(_photo(facts, press), 28, 37, missing=missing)
    first = facts.papers[0] if facts.papers else None
    return (
        Columns(
            (
                (Heading(words(say("Admission slip"))), Facts(about, label_mm=30), photo),
                (
                    QrBlock(text, QR_MM),
                    Text(words(say("If the code can not be scanned, type")), Size.SMALL),
                    Text(spaced, Size.LARGE, bold=True),
                ),
            ),
            weights=(1.35, 1.0),
        ),
        *(() if first is None else _first(first, words)),
    )


def _first(paper: SlipPaper, words: _Words) -> tuple[Block, ...]:
    zone = paper.time_zone
    return (
        Columns(
            (
                (
                    Plate(
                        f"{words.day(paper.starts_at, zone)} {words.time(paper.starts_at, zone)}",
                        words(say("First exam")),
                        points=24,
                        framed=True,
                    ),
                ),
                (Plate(paper.room, words(say("Room")), points=24, framed=True),),
                (Plate(str(paper.seat), words(say("Seat")), points=24, framed=True),),
            ),
            weights=(2.2, 1.0, 0.8),
        ),
    )


def _inside(facts: SlipFacts, profile: RuleProfile, words: _Words) -> tuple[Block, ...]:
    venues = {paper.venue for paper in facts.papers}
    setting = _setting(facts.papers, each_says_where=len(venues) > 1)
    day_mm, time_mm, room_mm, seat_mm = setting.widths_mm
    columns: tuple[Column, ...] = (
        Column(words(say("Day")), width_mm=day_mm, bold=True),
        Column(words(say("Time")), width_mm=time_mm, bold=True),
        Column(words(say("Paper")), weight=1.15, shrink=False),
        Column(words(say("Venue")), weight=1.0, shrink=False),
        Column(words(say("Room")), width_mm=room_mm, bold=True, align=Align.CENTRE),
        Column(words(say("Seat")), width_mm=seat_mm, bold=True, align=Align.CENTRE),
    )
    rows = tuple(_row(paper, profile, words) for paper in facts.papers)
    above: tuple[Block, ...] = ()
    if len(venues) == 1:
        # Said once, a venue leaves the papers their room; most people have only one.
        above = (Facts(((columns[VENUE].head, venues.pop()),), label_mm=20),)
        columns = columns[:VENUE] + columns[VENUE + 1 :]
        rows = tuple(row[:VENUE] + row[VENUE + 1 :] for row in rows)
    return (
        *above,
        Table(columns, rows, size=setting.size),
        *(Text(line, Size.SMALL) for line in _ways(facts.papers, words)),
        Spacer(1),
        _side_by_side(_rules(facts.papers, profile, words), setting.rules_across),
    )


def _setting(papers: tuple[SlipPaper, ...], *, each_says_where: bool) -> Setting:
    """Return the largest type in which all papers and the rules stay on the inner half."""
    notes = sum(paper.longer + paper.held_over for paper in papers)
    lines = len(papers) * (2 if each_says_where else 1) + notes
    return next(each for each in SETTINGS if lines <= each.most_lines)


def _side_by_side(lines: list[str], across: int) -> Block:
    """Return lines of small print, in one column or two."""
    each = -(-len(lines) // across)
    parts = [lines[start : start + each] for start in range(0, len(lines), each)]
    return Columns(tuple((Text("\n".join(part), Size.SMALL),) for part in parts))


def _row(paper: SlipPaper, profile: RuleProfile, words: _Words) -> tuple[str, ...]:
    zone = paper.time_zone
    times = f"{words.time(paper.starts_at, zone)}–{words.time(paper.ends_at, zone)}"
    name = f"{paper.paper} {paper.name}"
    notes = []
    if paper.longer:
        notes.append(words(say("your own end, extra time included")))
    if paper.held_over:
        notes.append(words(say("held over: stay with your supervisor until it starts")))
    seat = str(paper.seat) if profile.seat_on_slip else words(say("at the door"))
    said = "\n".join((name, *notes))
    return (words.day(paper.starts_at, zone), times, said, paper.venue, paper.room, seat)


def _ways(papers: tuple[SlipPaper, ...], words: _Words) -> list[str]:
    """Return one line a venue: where it is, and how to get to it."""
    venues = {paper.venue: paper for paper in papers if paper.address or paper.way_there}
    return [
        words(
            say(
                "{venue}: {way}",
                venue=venue,
                way=" ".join(part for part in (paper.address, paper.way_there) if part),
            )
        )
        for venue, paper in venues.items()
    ]


def _rules(papers: tuple[SlipPaper, ...], profile: RuleProfile, words: _Words) -> list[str]:
    late = profile.late_limit_minutes
    lines = [
        say(
            "The doors open {minutes} minutes before the start.", minutes=profile.doors_open_minutes
        ),
        say(
            "You may enter until {minutes} minutes after the start, that minute included.",
            minutes=late,
        )
        if late
        else say("Nobody enters after the start."),
    ]
    if any(paper.mode is Mode.LISTENING for paper in papers) and late:
        lines.append(say("To a listening paper nobody enters after the start."))
    lines += [
        say("Stay at least {minutes} minutes.", minutes=profile.minimum_stay_minutes),
        say(
            "Bring this slip and your documents: {count} in all, one of them with a photo.",
            count=profile.documents_needed,
        ),
        say("A newer slip ends this one. Check yours before you set out."),
    ]
    return [f"{number}. {words(line)}" for number, line in enumerate(lines, 1)]


def _photo(facts: SlipFacts, press: Press) -> bytes | None:
    """Return the photo; a file that is gone leaves the frame, which says what to bring."""
    key = facts.candidate.photo_key
    if not key:
        return None
    try:
        return press.photos.read(key)
    except FileMissing:
        return None


def _check(document: Document, photo: bytes | None, fonts: Fonts) -> None:
    """Raise what drawing this slip would raise, so that the others can be drawn without it."""
    fonts.check(list(texts(document)))
    if photo is not None:
        read_photo(photo)
