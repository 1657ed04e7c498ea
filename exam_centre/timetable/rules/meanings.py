"""What the independent check finds, in words."""

from collections.abc import Sequence

from exam_centre.kernel.sentences import Sentence, say

PROBLEM_WORDS: dict[str, Sentence] = {
    "not_confirmed": say("Entry not confirmed"),
    "another_person": say("Seat of somebody else"),
    "another_paper": say("Sitting of another paper"),
    "another_period": say("Room open in another period"),
    "another_series": say("Period of another series"),
    "another_room": say("Desk of another room"),
    "old_layout": say("Desk of an earlier layout"),
    "wrong_room_kind": say("Room does not suit the paper"),
    "venue_not_approved": say("Venue not approved"),
    "wrong_length": say("Time too short or too long"),
    "outside_period": say("Outside its period"),
    "no_wheelchair_desk": say("Desk not for a wheelchair"),
    "person_in_two_places": say("One person in two places"),
    "two_people_on_a_seat": say("Two people on one seat"),
    "entry_placed_twice": say("Entry placed twice"),
    "not_alone": say("Not alone as granted"),
    "isolation_broken": say("Isolation too short"),
    "room_booked": say("Room booked for something else"),
    "at_work": say("On shift or resting"),
    "tied_invigilator": say("Invigilator tied to somebody here"),
    "outside_window": say("Paper outside the periods it may be sat in"),
    "papers_out_of_order": say("Papers not in the order asked for"),
}

# What the planner's own check finds beyond these: rules of a whole plan.
BROKEN_WORDS: dict[str, Sentence] = {
    "half_placed": say("Place without period, room or seat"),
    "unknown_place": say("Place that does not exist"),
    "seat_elsewhere": say("Desk of another room"),
    "period_not_allowed": say("Paper in a period it is not sat in"),
    "paper_too_long": say("Period shorter than the paper"),
    "wrong_times": say("Time too short or too long"),
    "room_closed": say("Room closed in its period"),
    "wrong_kind": say("Room does not suit the paper"),
    "too_late_for_next": say("Room not free in time for the next period"),
    "seat_taken_twice": say("Two people on one seat"),
    "room_overfull": say("Room fuller than allowed"),
    "not_shared": say("Papers that share no room in one room"),
    "wheelchair": say("Desk not for a wheelchair"),
    "left_handed": say("Desk not for the left hand"),
    "alone": say("Not alone as granted"),
    "overlap": say("One person in two places"),
    "clash": say("Two papers of a person in one period"),
    "too_little_gap": say("Too little time between two papers"),
    "too_many_a_day": say("Too many papers on one day"),
    "on_shift": say("On shift or resting"),
    "too_many_sittings": say("Paper sat too often"),
    "out_of_order": say("Papers not in the order asked for"),
    "held_over_wrong": say("Held over against the rules"),
    "not_holdable": say("Compulsory paper held over"),
    "isolation": say("Isolation too short"),
}


def kinds_in_words(kinds: Sequence[tuple[str, int]]) -> Sentence:
    """Return kinds of violations, each with how many, as one sentence; there is at least one."""
    kind, count = kinds[0]
    first = say(
        "{kind}: {count}", kind=PROBLEM_WORDS.get(kind) or BROKEN_WORDS.get(kind, kind), count=count
    )
    if len(kinds) == 1:
        return first
    return say("{first}; {rest}", first=first, rest=kinds_in_words(kinds[1:]))
