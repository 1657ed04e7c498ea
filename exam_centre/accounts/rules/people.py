"""Who somebody is: documents and their numbers, names, phones, and ties to others."""

import unicodedata
from enum import StrEnum

from exam_centre.kernel.errors import BadInput, Refusal
from exam_centre.kernel.flow import Flow
from exam_centre.kernel.sentences import Sentence, say


class IdType(StrEnum):
    """The document a person is known by."""

    RESIDENT = "resident"  # 18 characters with a check digit, GB 11643-1999
    PASSPORT = "passport"
    PERMIT = "permit"  # residence or travel permit of Hong Kong, Macao and Taiwan residents


ID_TYPE_SENTENCES: dict[IdType, Sentence] = {
    IdType.RESIDENT: say("Resident identity card"),
    IdType.PASSPORT: say("Passport"),
    IdType.PERMIT: say("Residence or travel permit"),
}


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


def id_key(id_type: IdType, number: str) -> str:
    """Return what is fingerprinted: the same digits on another kind of document are another."""
    return f"{id_type.value}:{number}"


class WrongName(BadInput):
    """A name is missing or holds characters no document prints."""

    code = "wrong_name"

    def __init__(self) -> None:
        super().__init__(say("Type the name as the document prints it."))


DOTS = str.maketrans(dict.fromkeys("\u2022\u30fb\uff0e\u2027\u22c5.", "\u00b7"))


def read_name(text: str) -> str:
    """Return the name without blanks around it; otherwise as the document prints it.

    Raises WrongName where it is empty or holds control characters.
    """
    name = unicodedata.normalize("NFC", text.strip())
    if not name or any(unicodedata.category(sign) in ("Cc", "Cs") for sign in name):
        raise WrongName
    return name


def is_same_name(one: str, other: str) -> bool:
    """Say whether two spellings are one name: case, width, blanks and the kind of dot aside."""

    def spelling(name: str) -> str:
        plain = unicodedata.normalize("NFKC", name.translate(DOTS))
        return "".join(plain.translate(DOTS).casefold().split())

    return spelling(one) == spelling(other)


class NameDiffers(Refusal):
    """The records know this ID document under another name."""

    kind = "conflict"
    code = "name_differs"

    def __init__(self, name: str) -> None:
        super().__init__(
            say(
                "The records know this ID number under another name than {name}. "
                "Compare the document; an administrator can correct the name.",
                name=name,
            )
        )


class WrongPhone(BadInput):
    """No number a code can be sent to."""

    code = "wrong_phone"

    def __init__(self) -> None:
        super().__init__(
            say("Type the phone number with 6 to 15 digits; a + may stand in front of them.")
        )


def read_phone(text: str) -> str:
    """Return the number in its one spelling. Raises WrongPhone where no code can go there."""
    number = text.strip().replace(" ", "").replace("-", "")
    digits = number.removeprefix("+")
    if not (digits.isascii() and digits.isdecimal() and 6 <= len(digits) <= 15):
        raise WrongPhone
    return number


class PhoneChangeStatus(StrEnum):
    """How far a new phone has come whose owner can not read codes on the old one."""

    ASKED = "asked"
    APPROVED = "approved"
    REFUSED = "refused"


PHONE_CHANGE_FLOW: Flow[PhoneChangeStatus] = Flow(
    {
        PhoneChangeStatus.ASKED: frozenset({PhoneChangeStatus.APPROVED, PhoneChangeStatus.REFUSED}),
        PhoneChangeStatus.APPROVED: frozenset(),
        PhoneChangeStatus.REFUSED: frozenset(),
    }
)


class PhoneChangeOpen(Refusal):
    """Another request for the same person waits."""

    kind = "conflict"
    code = "phone_change_open"

    def __init__(self) -> None:
        super().__init__(say("A new phone waits for approval already. Somebody decides it first."))


class Purpose(StrEnum):
    """What somebody may need a whole ID number for."""

    IDENTITY = "identity"
    CREDIT_BANK = "credit_bank"
    CORRECTION = "correction"
    AUTHORITY = "authority"


PURPOSE_SENTENCES: dict[Purpose, Sentence] = {
    Purpose.IDENTITY: say("Compare a document in doubt"),
    Purpose.CREDIT_BANK: say("Clear a difference with the credit bank"),
    Purpose.CORRECTION: say("Correct a name or number"),
    Purpose.AUTHORITY: say("Answer an authority"),
}


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
ONESELF = say("their own case")


class TieToOneself(BadInput):
    """A tie needs two people."""

    code = "tie_to_oneself"

    def __init__(self) -> None:
        super().__init__(say("A tie is between two people. Name the other one."))


class ReasonMissing(BadInput):
    """This act is kept with its reason, and none was given."""

    code = "reason_missing"

    def __init__(self) -> None:
        super().__init__(say("Give a reason: the other side will read it."))


def check_reason(reason: str) -> None:
    """Raise ReasonMissing where nothing but blanks was given."""
    if not reason.strip():
        raise ReasonMissing
