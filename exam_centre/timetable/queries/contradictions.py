"""What makes a series impossible to plan, as sentences that name the rows to put right."""

from collections.abc import Callable

from exam_centre.kernel.sentences import Sentence, say
from exam_centre.solver.park import Complaint, Contradiction, check_problem
from exam_centre.timetable.queries.problem import Planning


def contradictions(planning: Planning) -> list[Sentence]:
    """Return what contradicts itself in a series, nothing where it can be planned."""
    return [_sentence(planning, complaint) for complaint in check_problem(planning.problem)]


def _sentence(planning: Planning, complaint: Complaint) -> Sentence:
    says = _SENTENCES.get(complaint.code)
    if says is None:
        return say(
            "The series has no venue, room or desk that could be used ({code}). "
            "Approve venues and draw their rooms first.",
            code=complaint.code.value,
        )
    return says(planning, complaint.rows)


def _period(planning: Planning, row: int) -> str:
    return planning.periods[row].code


def _overlap(planning: Planning, rows: tuple[int, ...]) -> Sentence:
    return say(
        "Periods {first} and {second} overlap or leave less than {minutes} minutes to clear "
        "the rooms. Move one of them.",
        first=_period(planning, rows[0]),
        second=_period(planning, rows[1]),
        minutes=planning.problem.rules.turnover_minutes,
    )


def _too_long(planning: Planning, rows: tuple[int, ...]) -> Sentence:
    paper = planning.papers[rows[0]]
    return say(
        "Paper {paper} takes {minutes} minutes and no period is as long. Add a longer period.",
        paper=paper.code,
        minutes=paper.minutes,
    )


def _without_minutes(planning: Planning, rows: tuple[int, ...]) -> Sentence:
    return say(
        "Paper {paper} has no length. Headquarters has to set it.",
        paper=planning.papers[rows[0]].code,
    )


def _without_room(planning: Planning, rows: tuple[int, ...]) -> Sentence:
    paper = planning.papers[rows[0]]
    return say(
        "No approved venue has a room for paper {paper} ({mode}). Add one.",
        paper=paper.code,
        mode=paper.mode.value,
    )


def _empty_room(planning: Planning, rows: tuple[int, ...]) -> Sentence:
    room = planning.desks.rooms[rows[0]]
    venue = planning.desks.venues[int(planning.problem.rooms.venue[rows[0]])]
    return say(
        "Room {room} of venue {venue} has no desk to give away. Draw its layout.",
        room=room.code,
        venue=venue.code,
    )


def _twice(planning: Planning, rows: tuple[int, ...]) -> Sentence:
    first, second = (planning.entries[row] for row in rows)
    return say(
        "{first} and {second} are one person, entered twice for paper {paper}. "
        "Withdraw one of the entries.",
        first=first.person_no,
        second=second.person_no,
        paper=planning.paper_of(rows[0]).code,
    )


_SENTENCES: dict[Contradiction, Callable[[Planning, tuple[int, ...]], Sentence]] = {
    Contradiction.PERIODS_OVERLAP: _overlap,
    Contradiction.PAPER_TOO_LONG: _too_long,
    Contradiction.PAPER_WITHOUT_MINUTES: _without_minutes,
    Contradiction.PAPER_WITHOUT_ROOM: _without_room,
    Contradiction.ROOM_WITHOUT_SEATS: _empty_room,
    Contradiction.ENTRY_TWICE: _twice,
}
