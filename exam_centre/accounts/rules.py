"""What makes a person, a user, a tie between two people; and how an ID number is read."""

from enum import StrEnum

from exam_centre.kernel.errors import BadInput
from exam_centre.kernel.flow import Flow
from exam_centre.kernel.sentences import Sentence, say


class IdType(StrEnum):
    """The document a person is known by."""

    RESIDENT = "resident"  # 18 characters with a check digit, GB 11643-1999
    PASSPORT = "passport"
    PERMIT = "permit"  # residence or travel permit of Hong Kong, Macao and Taiwan residents


class UserStatus(StrEnum):
    """Whether a user may sign in."""

    ACTIVE = "active"
    DISABLED = "disabled"


USER_FLOW: Flow[UserStatus] = Flow(
    {
        UserStatus.ACTIVE: frozenset({UserStatus.DISABLED}),
        UserStatus.DISABLED: frozenset({UserStatus.ACTIVE}),
    }
)


class Relation(StrEnum):
    """A tie that keeps one person from deciding about another."""

    RELATIVE = "relative"
    SUPERVISOR = "supervisor"
    LINE_MANAGER = "line_manager"
    SAME_TEAM = "same_team"


RELATION_SENTENCES: dict[Relation, Sentence] = {
    Relation.RELATIVE: say("relatives"),
    Relation.SUPERVISOR: say("supervisor and supervised"),
    Relation.LINE_MANAGER: say("line manager"),
    Relation.SAME_TEAM: say("the same shift team"),
}


class CodePurpose(StrEnum):
    """What a one-time code opens."""

    SIGN_IN = "sign_in"
    NEW_PHONE = "new_phone"


class WrongIdNumber(BadInput):
    """An ID number that can not be one."""

    code = "wrong_id_number"


CHECK_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECK_CHARACTERS = "10X98765432"  # by remainder modulo 11; GB 11643-1999, ISO 7064 MOD 11-2


def check_character(first17: str) -> str:
    """Return the 18th character that belongs to the first 17 digits of a resident's number."""
    total = sum(w * int(d) for w, d in zip(CHECK_WEIGHTS, first17, strict=True))
    return CHECK_CHARACTERS[total % 11]


def read_id_number(id_type: IdType, text: str) -> str:
    """Return the number in its one spelling: no blanks around it, the X in upper case.

    Raises WrongIdNumber for anything that would have to be guessed: full-width digits, a number a
    spreadsheet turned into a power of ten, 15 digits, a wrong check character.
    """
    number = text.strip().upper()
    if not number:
        raise WrongIdNumber(say("The ID number is missing."))
    if not number.isascii():
        raise WrongIdNumber(say("Type the ID number in half-width characters."))
    if id_type is not IdType.RESIDENT:
        if not number.isalnum() or not 5 <= len(number) <= 20:
            raise WrongIdNumber(say("A passport or permit has 5 to 20 letters and digits."))
        return number
    if "E+" in number:
        raise WrongIdNumber(
            say(
                "The spreadsheet turned the ID number into {number}. "
                "Format the column as text and type it again.",
                number=number,
            )
        )
    if len(number) == 15 and number.isdigit():
        raise WrongIdNumber(
            say("This is a 15-digit ID number of the old kind. Type the 18 digits.")
        )
    if len(number) != 18 or not number[:17].isdigit():
        raise WrongIdNumber(say("An ID number has 17 digits and a digit or X."))
    if number[17] != check_character(number[:17]):
        if number.endswith("000"):
            raise WrongIdNumber(
                say(
                    "The last digits of the ID number were lost, as spreadsheets do. Type it again."
                )
            )
        raise WrongIdNumber(say("The check digit of the ID number does not fit. Look for a slip."))
    return number
