"""Refusals: one class a reason, each carrying its facts and saying what would have worked."""

from typing import ClassVar

from exam_centre.kernel.sentences import Sentence, say


class Refusal(Exception):
    """An act the system will not do. `code` is stable; the sentence is for a person.

    Rooms derive one class a reason in their own rules; webkit turns `kind` into an HTTP number.
    """

    kind: ClassVar[str] = (
        "refused"  # refused, not_found, forbidden, conflict, bad_input, unavailable
    )
    code: ClassVar[str] = "refused"

    def __init__(self, sentence: Sentence) -> None:
        super().__init__(sentence.text)
        self.sentence = sentence

    def __str__(self) -> str:
        return f"{self.code}: {self.sentence}"


class NotFound(Refusal):
    """The thing does not exist, or lies outside the actor's scope: both sound the same."""

    kind = "not_found"
    code = "not_found"

    def __init__(self, thing: Sentence) -> None:
        super().__init__(
            say("No such {thing} here. Check the address or search for it.", thing=thing)
        )


class Forbidden(Refusal):
    """The actor holds no grant for this act at this place."""

    kind = "forbidden"
    code = "forbidden"

    def __init__(self, act: Sentence) -> None:
        super().__init__(
            say("Your roles do not include this: {act} Ask an administrator.", act=act)
        )


class BadInput(Refusal):
    """Something typed or sent can not be meant as it stands."""

    kind = "bad_input"
    code = "bad_input"


class IllegalMove(Refusal):
    """A status can not change this way."""

    kind = "conflict"
    code = "illegal_move"

    def __init__(self, old: str, new: str, allowed: frozenset[str]) -> None:
        self.old, self.new, self.allowed = old, new, allowed
        ways = ", ".join(sorted(allowed)) or "-"
        super().__init__(
            say(
                "From {old} there is no way to {new}. Possible: {ways}.",
                old=old,
                new=new,
                ways=ways,
            )
        )


class SamePerson(Refusal):
    """One human would fill two steps of a chain, perhaps under two staff numbers."""

    kind = "conflict"
    code = "same_person"

    def __init__(self, name: str) -> None:
        super().__init__(
            say("{name} took an earlier step of this. Someone else must do this one.", name=name)
        )


class ConflictOfInterest(Refusal):
    """The conflict register ties the actor to someone this act decides about."""

    kind = "conflict"
    code = "conflict_of_interest"

    def __init__(self, relation: Sentence) -> None:
        self.relation = relation
        super().__init__(
            say(
                "The conflict register names a tie: {relation}. Ask someone without one.",
                relation=relation,
            )
        )


class LostRace(Refusal):
    """Someone else changed the same thing first, twice in a row."""

    kind = "conflict"
    code = "lost_race"

    def __init__(self) -> None:
        super().__init__(
            say("Someone changed this at the same moment. Look at it again, then repeat.")
        )


class PromiseBroken(Refusal):
    """The database refused: a key, check or guard that a service should have asked about first."""

    kind = "conflict"
    code = "promise_broken"

    def __init__(self, promise: str) -> None:
        self.promise = promise
        super().__init__(
            say(
                "The records would contradict each other ({promise}). Nothing was changed.",
                promise=promise,
            )
        )
