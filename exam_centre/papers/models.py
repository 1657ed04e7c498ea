"""Papers, the courses they count for, and the versions of their schemes."""

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from exam_centre.kernel.columns import Credit, Id, Percent, Score, Token
from exam_centre.kernel.database import Base
from exam_centre.kernel.guards import final_row, keep
from exam_centre.papers.rules import BookRule, Mode, Rounding, SchemeFacts


class Paper(Base):
    """What is sat. One paper may serve several courses and levels."""

    __tablename__ = "papers"
    __table_args__ = (
        CheckConstraint("minutes > 0", name="minutes_are_positive"),
        CheckConstraint(
            "minutes IS NOT NULL OR mode IN ('assignment', 'thesis')",
            name="a_sat_paper_has_minutes",
        ),
    )

    id: Mapped[Id]
    token: Mapped[Token]
    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    mode: Mapped[Mode]
    minutes: Mapped[int | None]  # None: nobody sits it
    book_rule: Mapped[BookRule]
    material: Mapped[str] = mapped_column(default="")


class Course(Base):
    """What a paper counts for, and how many credits it brings."""

    __tablename__ = "courses"
    __table_args__ = (CheckConstraint("credits > 0", name="credits_are_positive"),)

    id: Mapped[Id]
    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    paper_id: Mapped[int] = mapped_column(ForeignKey("papers.id"), index=True)
    level: Mapped[str]  # e.g. "bachelor", "diploma"
    learning_area: Mapped[str]  # one of the six learning areas
    credits: Mapped[Credit]
    compulsory: Mapped[bool] = mapped_column(default=True)


class Scheme(Base):
    """How a paper's parts become an outcome; a version is never edited."""

    __tablename__ = "schemes"
    __table_args__ = (
        UniqueConstraint("paper_id", "version"),
        CheckConstraint(
            "formative_percent >= 0 AND formative_percent <= 100", name="formative_percent"
        ),
        CheckConstraint("pass_mark >= 0 AND pass_mark <= 100", name="pass_mark"),
        CheckConstraint("precision >= 0 AND precision <= 2", name="precision"),
    )

    id: Mapped[Id]
    paper_id: Mapped[int] = mapped_column(ForeignKey("papers.id"))
    version: Mapped[int]  # from 1
    source: Mapped[str]
    formative_percent: Mapped[Percent]
    double_pass: Mapped[bool]
    formative_gate: Mapped[bool] = mapped_column(default=True)
    pass_mark: Mapped[Score]
    precision: Mapped[int]
    rounding: Mapped[Rounding] = mapped_column(default=Rounding.HALF_UP)

    def facts(self) -> SchemeFacts:
        """Return the scheme as the rules take it."""
        return SchemeFacts(
            version=self.version,
            formative_percent=self.formative_percent,
            double_pass=self.double_pass,
            formative_gate=self.formative_gate,
            pass_mark=self.pass_mark,
            precision=self.precision,
            rounding=self.rounding,
        )


keep(Base.metadata, final_row("schemes", "scheme_is_final"))
