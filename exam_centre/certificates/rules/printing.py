"""What a printed certificate is known by, and why one is not printed."""

from exam_centre.kernel.errors import Refusal
from exam_centre.kernel.sentences import say

TEMPLATE = "course/1"  # name and version of the drawing
GROUP = 4  # characters of a code between two dashes


class NoSigningKey(Refusal):
    """Nothing here can sign a credential."""

    kind = "unavailable"
    code = "no_signing_key"

    def __init__(self) -> None:
        super().__init__(
            say("No key signs credentials here yet. An administrator makes one: flask keys make.")
        )


class NotInForce(Refusal):
    """Only a credential in force is printed."""

    kind = "conflict"
    code = "not_in_force"

    def __init__(self) -> None:
        super().__init__(say("This credential is not in force, so nothing is printed for it."))


def serial_of(series_code: str, list_no: int, position: int) -> str:
    """Return a certificate's serial, e.g. "2026AUT-01-083127": of one credential, in no order."""
    return f"{series_code}-{list_no:02d}-{position:06d}"


def spelled(verify_code: str) -> str:
    """Return a code in groups that people can read to each other, e.g. "ABCD-EFGH-JKLM"."""
    return "-".join(verify_code[at : at + GROUP] for at in range(0, len(verify_code), GROUP))


def plain_code(typed: str) -> str:
    """Return a typed code as it is kept: capitals without blanks and dashes."""
    return "".join(typed.split()).replace("-", "").upper()


def masked(name: str) -> str:
    """Return a name of which only the first character can be read."""
    return name[:1] + "＊" * max(1, len(name) - 1)
