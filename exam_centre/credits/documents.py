"""The credit bank's two files as workbooks: one sheet that goes out, one of what does not."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from exam_centre.adapters.spreadsheets import OutSheet, write_xlsx
from exam_centre.calendar.models import Series
from exam_centre.credits import queries, service
from exam_centre.credits.rules import (
    COLUMNS,
    Award,
    Cell,
    Circumstances,
    Destination,
    Draft,
    Obstacle,
    Why,
    draft_line,
)
from exam_centre.kernel import clock
from exam_centre.kernel.permissions import Actor
from exam_centre.kernel.sealing import Seal
from exam_centre.kernel.sentences import Sentence, say

ZONE = "Asia/Shanghai"
PORTION = 500  # passes or people read in one go
SHEETS = {
    Destination.COURSE_RESULTS: say("Course results"),
    Destination.CONVERSION: say("Certificate conversion"),
}
LEFT_OUT = say("Not exported")
LEFT_OUT_COLUMNS = (say("Student number"), say("Name"), say("Course"), say("What to do"))
Told = Callable[[int, int], None]


@dataclass(frozen=True)
class LeftOut:
    """One pass that is not in the file."""

    obstacle: Obstacle
    person_no: str
    name: str
    course: str


@dataclass(frozen=True)
class Looked:
    """What a file will say, before any ID number is read."""

    destination: Destination
    series_code: str
    drafts: tuple[Draft, ...]
    left_out: tuple[LeftOut, ...]

    def people(self) -> list[int]:
        """Return the ids of the people whose ID numbers the file needs, each once."""
        return sorted({draft.person_id for draft in self.drafts})


@dataclass(frozen=True)
class Exported:
    """A finished workbook."""

    content: bytes  # XLSX
    lines: int
    left_out: tuple[LeftOut, ...]


def course_results(
    session: Session,
    actor: Actor,
    seal: Seal,
    series: Series,
    *,
    issuer_name: str,
    reason: str,
    now: datetime,
) -> Exported:
    """Return the file of a series' course results, 15 columns; `reason` as for `conversions`."""
    return _export(
        session, actor, seal, series, Destination.COURSE_RESULTS, issuer_name, reason, now
    )


def conversions(
    session: Session,
    actor: Actor,
    seal: Seal,
    series: Series,
    *,
    issuer_name: str,
    reason: str,
    now: datetime,
) -> Exported:
    """Return the file of a series' certificates to convert, 20 columns.

    Reads whole ID numbers: the trail keeps `reason` for each person, and tells them.
    Raises  ReasonMissing, Forbidden.
    """
    return _export(session, actor, seal, series, Destination.CONVERSION, issuer_name, reason, now)


def _export(
    session: Session,
    actor: Actor,
    seal: Seal,
    series: Series,
    destination: Destination,
    issuer_name: str,
    reason: str,
    now: datetime,
) -> Exported:
    looked = look(session, actor, series, destination, issuer_name=issuer_name, now=now)
    numbers = service.open_id_numbers(session, actor, seal, looked.people(), reason=reason, now=now)
    return Exported(workbook(looked, numbers, now), len(looked.drafts), looked.left_out)


def look(
    session: Session,
    actor: Actor,
    series: Series,
    destination: Destination,
    *,
    issuer_name: str,
    now: datetime,
    progress: Told = lambda _done, _total: None,
) -> Looked:
    """Return every line of a file but for the ID numbers, and what keeps the other passes out.

    Codes are those of the day that `now` is at the venue.
    """
    codes = queries.codes_for(session, clock.at_venue(now, ZONE).date(), destination)
    wanted = queries.passes_to_export(session, actor, series.id)
    drafts: list[Draft] = []
    left_out: list[LeftOut] = []
    for start in range(0, len(wanted), PORTION):
        progress(start, len(wanted))
        awards = queries.awards_of(session, wanted[start : start + PORTION])
        own = {award.facts.course_code for award in awards}
        about = Circumstances(
            destination=destination,
            series_code=series.code,
            issuer_name=issuer_name,
            made_at=now,
            codes=codes,
            catalogue=queries.catalogue_for(session, codes, own),
        )
        for award in awards:
            line = draft_line(award, about)
            if isinstance(line, Draft):
                drafts.append(line)
            else:
                left_out.append(_left_out(award, line))
    progress(len(wanted), len(wanted))
    return Looked(destination, series.code, tuple(drafts), tuple(left_out))


def workbook(looked: Looked, numbers: dict[int, str], now: datetime) -> bytes:
    """Return the workbook. `numbers`: person id -> whole ID number, of everybody in it."""
    rows: Sequence[Sequence[Cell]] = [
        draft.with_id_number(numbers[draft.person_id]) for draft in looked.drafts
    ]
    sheets = [OutSheet(_said(SHEETS[looked.destination]), COLUMNS[looked.destination], rows)]
    if looked.left_out:
        sheets.append(
            OutSheet(
                _said(LEFT_OUT),
                [_said(each) for each in LEFT_OUT_COLUMNS],
                [
                    (each.person_no, each.name, each.course, _said(each.obstacle.sentence()))
                    for each in looked.left_out
                ],
            )
        )
    return write_xlsx(sheets, now)


def as_kept(left_out: Iterable[LeftOut]) -> list[Any]:
    """Return obstacles as a row keeps them, those that keep out most passes first."""
    groups: dict[Obstacle, list[list[str]]] = {}
    for each in left_out:
        people = groups.setdefault(each.obstacle, [])
        people.append([each.person_no, each.name, each.course])
    by_size = sorted(groups.items(), key=lambda group: -len(group[1]))
    return [[o.why.value, o.topic, o.word, people] for o, people in by_size]


def as_read(kept: Iterable[Any]) -> list[tuple[Obstacle, list[list[str]]]]:
    """Return what `as_kept` made, as (obstacle, [[student number, name, course], ...])."""
    return [(Obstacle(Why(why), topic, word), people) for why, topic, word, people in kept]


def _left_out(award: Award, obstacle: Obstacle) -> LeftOut:
    facts = award.facts
    course = f"{facts.course_code} {facts.course_name}"
    return LeftOut(obstacle, facts.person_no, facts.name, course)


def _said(sentence: Sentence) -> str:
    """Return a sentence in Chinese: whoever reads these files reads it."""
    return sentence.say_in("zh")
