"""A marker's sheet: which scripts are compared by their code, and what a cell can not be."""

from exam_centre.kernel.errors import BadInput
from exam_centre.kernel.sentences import say
from exam_centre.marking.rules.statuses import BY_MARKERS, MarkStatus, read_status

COMPARED_EVERY = 10  # scripts: two of them swapped or one left out is found within ten
TAIL = 2  # digits of the code that the marker reads from the script
MOST_CELLS = 1_500  # in one request; no bundle is as large
SHORT_WORDS: dict[str, MarkStatus] = {"m": MarkStatus.MISSING}


class WrongTail(BadInput):
    """The code on the script ends otherwise than the one on the sheet."""

    code = "wrong_tail"

    def __init__(self, place: int, typed: str) -> None:
        self.place = place
        super().__init__(
            say(
                "The code at place {place} does not end in {typed}. Compare the last scripts with "
                "their places: one may be left out or marked twice.",
                place=place,
                typed=typed,
            )
            if typed
            else say(
                "Every tenth script is compared: type the last two digits of the code on the "
                "script in your hand."
            )
        )


class WrongPlace(BadInput):
    """No such line stands on this sheet."""

    code = "wrong_place"

    def __init__(self, place: int) -> None:
        super().__init__(say("There is no place {place} on this sheet.", place=place))


class WrongBody(BadInput):
    """A request of cells that can not be read as such."""

    code = "wrong_body"

    def __init__(self) -> None:
        super().__init__(say("The cells could not be read. Load the page again and repeat."))


def is_compared(nth: int) -> bool:
    """Say whether the n-th script of a sheet, from 1, is compared by the end of its code."""
    return nth % COMPARED_EVERY == 0


def meant(text: str) -> str | MarkStatus:
    """Return the status a marker's word stands for, or the text itself: a mark, or a mistake."""
    status = read_status(text) or SHORT_WORDS.get(text.strip().lower())
    return status if status is not None else text


def is_markers_word(text: str) -> bool:
    """Say whether a marker may type this word instead of a mark."""
    return meant(text) in BY_MARKERS


class NameColumn(BadInput):
    """A file with names or numbers of people: a marker works with codes alone."""

    code = "name_column"

    def __init__(self, column: str) -> None:
        super().__init__(
            say(
                "Column {column} tells who people are. Markers work with codes alone: delete the "
                "column and upload again. Nothing was imported.",
                column=column,
            )
        )


class FormulaCell(BadInput):
    """A cell that computes instead of saying."""

    code = "formula_cell"

    def __init__(self) -> None:
        super().__init__(say("This cell is a formula. Put the mark itself there."))


class RepeatedCode(BadInput):
    """One code on two lines of a file."""

    code = "repeated_code"

    def __init__(self, code: str, row: int) -> None:
        super().__init__(
            say("Code {code} stands in row {row} as well. Keep one of them.", code=code, row=row)
        )


class FileHasFaults(BadInput):
    """Some rows can not be kept, so none is."""

    code = "file_has_faults"

    def __init__(self, count: int) -> None:
        super().__init__(
            say(
                "{count} rows can not be kept, so nothing was imported. Mend them in the file and "
                "upload it again.",
                count=count,
            )
        )


class UnknownPerson(BadInput):
    """A row about somebody who did not sit a computer paper in this room."""

    code = "unknown_person"

    def __init__(self, number: str) -> None:
        super().__init__(
            say(
                "Nobody with the number {number} sat a computer paper in this room. Check the "
                "room of the file.",
                number=number,
            )
        )


class RepeatedPerson(BadInput):
    """Two rows of a file about one person."""

    code = "repeated_person"

    def __init__(self, row: int) -> None:
        super().__init__(say("Row {row} is about the same person. Keep one of them.", row=row))
