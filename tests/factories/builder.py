"""What all builders share: the session, a counter, and saving a row."""

from itertools import count
from typing import TypeVar

from sqlalchemy.orm import Session

from exam_centre.kernel.database import Base
from exam_centre.kernel.sealing import Seal

Row = TypeVar("Row", bound=Base)

TEST_SEAL = Seal(b"tests seal nothing that anybody owns")


class Builder:
    """Saves rows in the test's own transaction; nothing is committed."""

    def __init__(self, session: Session, seal: Seal = TEST_SEAL) -> None:
        self.session = session
        self.seal = seal
        self._numbers = count(1)

    def number(self) -> int:
        """Return the next number, for codes and names that must differ."""
        return next(self._numbers)

    def save(self, row: Row) -> Row:
        """Add a row and flush it, so that it has its id."""
        self.session.add(row)
        self.session.flush()
        return row
