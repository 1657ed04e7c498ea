"""What makes a series impossible to plan, as sentences that name the rows to put right."""

from collections.abc import Callable

from exam_centre.kernel.sentences import Sentence, say
from exam_centre.solver.park import Complaint, Contradiction, OrderKind, check_problem
from exam_centre.timetable.queries.paper_times import ORDER_KINDS
from exam_centre.timetable.queries.problem import Planning
from exam_centre.timetable.rules import order_words


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


def _empty_period(planning: Planning, rows: tuple[int, ...]) -> Sentence:
    return say(
        "Period {period} ends before it begins, or as it begins. Give it a length.",
        period=_period(planning, rows[0]),
    )


def _without_sitting(planning: Planning, rows: tuple[int, ...]) -> Sentence:
    return say(
        "Paper {paper} may be sat in no period at all. Allow one.",
        paper=planning.papers[rows[0]].code,
    )


def _outside(planning: Planning, rows: tuple[int, ...]) -> Sentence:
    return say(
        "Seat {seat} of room {room} stands outside its layout. Draw the room again.",
        seat=planning.desks.seats[rows[0]].number,
        room=_room_of_seat(planning, rows[0]),
    )


def _seat_twice(planning: Planning, rows: tuple[int, ...]) -> Sentence:
    return say(
        "Seats {first} and {second} of room {room} are one place or one number. "
        "Draw the room again.",
        first=planning.desks.seats[rows[0]].number,
        second=planning.desks.seats[rows[1]].number,
        room=_room_of_seat(planning, rows[0]),
    )


def _negative(planning: Planning, rows: tuple[int, ...]) -> Sentence:
    numbers = [
        entry.person_no
        for n, entry in enumerate(planning.entries)
        if planning.problem.entries.candidate[n] == rows[0]
    ]
    return say(
        "{person_no} was granted less than no extra time. Decide that arrangement anew.",
        person_no=numbers[0] if numbers else "-",
    )


def _lost_entry(planning: Planning, rows: tuple[int, ...]) -> Sentence:
    return say(
        "The entry of {person_no} is for a paper, a person or a venue that is not there. "
        "Withdraw it and enter the person again.",
        person_no=planning.entries[rows[0]].person_no,
    )


def _rules(_planning: Planning, _rows: tuple[int, ...]) -> Sentence:
    return say("A rule of the planning is out of its range. Look at the series' rules.")


def _room_of_seat(planning: Planning, seat: int) -> str:
    room = int(planning.problem.seats.room[seat])
    venue = planning.desks.venues[int(planning.problem.rooms.venue[room])]
    return f"{venue.code} {planning.desks.rooms[room].code}"


def _twice(planning: Planning, rows: tuple[int, ...]) -> Sentence:
    first, second = (planning.entries[row] for row in rows)
    return say(
        "{first} and {second} are one person, entered twice for paper {paper}. "
        "Withdraw one of the entries.",
        first=first.person_no,
        second=second.person_no,
        paper=planning.paper_of(rows[0]).code,
    )


def _impossible(planning: Planning, rows: tuple[int, ...]) -> Sentence:
    orders, kinds = planning.problem.orders, {n: kind for kind, n in ORDER_KINDS.items()}
    words: Sentence | None = None
    for row in reversed(rows):
        one = order_words(
            kinds[OrderKind(int(orders.kind[row]))],
            planning.papers[int(orders.first[row])].code,
            planning.papers[int(orders.second[row])].code,
        )
        words = one if words is None else say("{first}; {rest}", first=one, rest=words)
    return say(
        "These orders of papers can not be kept beside each other: {orders}. "
        "Take one of them away, or widen the periods their papers may be sat in.",
        orders=words or "",
    )


_SENTENCES: dict[Contradiction, Callable[[Planning, tuple[int, ...]], Sentence]] = {
    Contradiction.PERIODS_OVERLAP: _overlap,
    Contradiction.PAPER_TOO_LONG: _too_long,
    Contradiction.PAPER_WITHOUT_MINUTES: _without_minutes,
    Contradiction.PAPER_WITHOUT_ROOM: _without_room,
    Contradiction.ROOM_WITHOUT_SEATS: _empty_room,
    Contradiction.ENTRY_TWICE: _twice,
    Contradiction.PERIOD_EMPTY: _empty_period,
    Contradiction.PAPER_WITHOUT_SITTING: _without_sitting,
    Contradiction.SEAT_OUTSIDE_LAYOUT: _outside,
    Contradiction.SEAT_TWICE: _seat_twice,
    Contradiction.EXTRA_TIME_NEGATIVE: _negative,
    Contradiction.UNKNOWN_PAPER: _lost_entry,
    Contradiction.UNKNOWN_CANDIDATE: _lost_entry,
    Contradiction.UNKNOWN_PREFERENCE: _lost_entry,
    Contradiction.RULE_OUT_OF_RANGE: _rules,
    Contradiction.ORDERS_IMPOSSIBLE: _impossible,
}
