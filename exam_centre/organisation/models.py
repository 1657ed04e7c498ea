"""Units, parks, enterprises and the shifts of their teams."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from exam_centre.kernel.columns import Degrees, Id
from exam_centre.kernel.database import Base
from exam_centre.organisation.rules import UnitLevel


class Unit(Base):
    """One unit of the university. `path` holds the ids from the top, e.g. "/1/4/9/"."""

    __tablename__ = "units"
    __table_args__ = (
        CheckConstraint("(parent_id IS NULL) = (level = 'national')", name="only_the_top_has_none"),
    )

    id: Mapped[Id]
    code: Mapped[str] = mapped_column(unique=True)  # e.g. "32-04-SIP"
    name: Mapped[str]
    level: Mapped[UnitLevel]
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"))
    path: Mapped[str] = mapped_column(unique=True)


class Park(Base):
    """An industrial park, looked after by one unit."""

    __tablename__ = "parks"

    id: Mapped[Id]
    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    latitude: Mapped[Degrees]
    longitude: Mapped[Degrees]


class Enterprise(Base):
    """An employer in a park."""

    __tablename__ = "enterprises"

    id: Mapped[Id]
    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    park_id: Mapped[int] = mapped_column(ForeignKey("parks.id"))
    latitude: Mapped[Degrees]
    longitude: Mapped[Degrees]


class Shift(Base):
    """When a team, or one worker of it, is at the machines."""

    __tablename__ = "shifts"
    __table_args__ = (
        UniqueConstraint("enterprise_id", "team", "work_no", "starts_at"),
        CheckConstraint("ends_at > starts_at", name="ends_after_it_starts"),
        CheckConstraint("team <> '' OR work_no <> ''", name="is_somebodys"),
    )

    id: Mapped[Id]
    enterprise_id: Mapped[int] = mapped_column(ForeignKey("enterprises.id"))
    team: Mapped[str]  # e.g. "C"; "" where the row is one worker's own
    work_no: Mapped[str]  # "" where the row is the whole team's
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]  # a night shift ends on the next day
