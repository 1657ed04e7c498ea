"""What is wrong where the trail is not whole: what a finding means, and what to do about it."""

from dataclasses import dataclass

from exam_centre.kernel.sentences import Sentence, say

STREAM_SUBJECTS = ("venue", "unit")  # what a stream's name begins with, e.g. "venue:7"


@dataclass(frozen=True)
class Meaning:
    """One kind of finding in words."""

    meaning: Sentence
    what_to_do: Sentence


_KEEP = say(
    "Copy the database before anybody else writes, and hold this row against the last backup and "
    "the printed day reports: they say what stood here."
)
_LOST = say(
    "Restore the last backup beside this database and look there for the rows that are missing "
    "here. Find out who could write to the database since."
)
_SEAL = say(
    "Take the printed report of this day and compare its root. Ask who holds the signing keys, and "
    "keep a copy of this database."
)

# How a finding of the kernel begins, and what it means; the first that fits.
MEANINGS: tuple[tuple[str, Meaning], ...] = (
    (
        "row ",
        Meaning(say("Rows are missing: somebody took them out of the chain."), _LOST),
    ),
    (
        "does not continue the row before it",
        Meaning(say("The row was put in, moved, or the one before it was replaced."), _KEEP),
    ),
    (
        "was changed after it was written",
        Meaning(say("What the row says is not what was written: its hash does not fit."), _KEEP),
    ),
    (
        "the chain's end is not where it was",
        Meaning(
            say("Rows at the end of the chain are gone, or were added past the program."), _LOST
        ),
    ),
    (
        "rows of a stream nobody opened",
        Meaning(say("The chain has rows and no end on record: its end was deleted."), _LOST),
    ),
    (
        "does not continue the day before it",
        Meaning(say("A signed day is missing, or was replaced."), _SEAL),
    ),
    (
        "the signature does not fit",
        Meaning(say("The signed day was changed, or signed with a key that is not ours."), _SEAL),
    ),
    (
        "the root is not that of its heads",
        Meaning(say("What the signed day says of the chains was changed."), _SEAL),
    ),
    (
        "differs from the head signed on",
        Meaning(
            say("The chain was written anew: it is not the one that was signed that day."), _LOST
        ),
    ),
    (
        "differs from the head kept outside",
        Meaning(say("The chain is not the one whose end was printed."), _LOST),
    ),
)


def meaning_of(problem: str) -> Meaning | None:
    """Return what a finding's problem means; None for one that this table does not know."""
    return next((meaning for start, meaning in MEANINGS if problem.startswith(start)), None)
