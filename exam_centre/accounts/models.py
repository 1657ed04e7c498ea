"""People, their work, their users, what those may do, and what was said to them."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from exam_centre.accounts.rules import (
    PHONE_CHANGE_FLOW,
    USER_FLOW,
    CodePurpose,
    IdType,
    PhoneChangeStatus,
    Relation,
    UserStatus,
)
from exam_centre.kernel.audit import PRIVATE
from exam_centre.kernel.columns import Id, Token, unique_while
from exam_centre.kernel.database import Base, Lifecycle
from exam_centre.kernel.guards import as_rows, flow_guard, keep
from exam_centre.kernel.outbox import SEND_FLOW, Outgoing, SendStatus
from exam_centre.kernel.permissions import Role


class Person(Base):
    """One human, however many numbers and users hang from them: the key is the ID document."""

    __tablename__ = "people"

    id: Mapped[Id]
    token: Mapped[Token]
    name: Mapped[str]  # as in the document; never split into parts
    id_type: Mapped[IdType]
    id_fingerprint: Mapped[str] = mapped_column(unique=True, info=PRIVATE)
    id_sealed: Mapped[bytes] = mapped_column(info=PRIVATE)
    id_tail: Mapped[str]  # last four characters, to compare at the door
    gender: Mapped[str]  # as in the file; "" where not said
    phone: Mapped[str] = mapped_column(info=PRIVATE)  # "" where none is known
    language: Mapped[str] = mapped_column(default="zh")  # "zh" or "en"


class Employment(Base):
    """Where a person works, and in which team; one row is current."""

    __tablename__ = "employments"
    __table_args__ = (
        unique_while("uq_employments_current", "person_id", condition="until IS NULL"),
        Index("ix_employments_team", "enterprise_id", "team"),
    )

    id: Mapped[Id]
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    enterprise_id: Mapped[int] = mapped_column(ForeignKey("enterprises.id"))
    work_no: Mapped[str]
    team: Mapped[str]
    since: Mapped[date | None]  # None: before we knew them
    until: Mapped[date | None]  # None: current


class StaffMember(Base):
    """A staff number. One human may hold two of them; they are still one human."""

    __tablename__ = "staff_members"

    id: Mapped[Id]
    staff_no: Mapped[str] = mapped_column(unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    trained_until: Mapped[date | None]  # None: never trained
    subjects: Mapped[str] = mapped_column(default="")


class StaffAbsence(Base):
    """A day on which a staff member takes no duty."""

    __tablename__ = "staff_absences"
    __table_args__ = (UniqueConstraint("staff_member_id", "day"),)

    id: Mapped[Id]
    staff_member_id: Mapped[int] = mapped_column(ForeignKey("staff_members.id"))
    day: Mapped[date]


class User(Lifecycle, Base):
    """A way to sign in; a person may have several, one a staff or student number."""

    __tablename__ = "users"
    flow = USER_FLOW

    id: Mapped[Id]
    token: Mapped[Token]
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    login: Mapped[str] = mapped_column(unique=True)  # staff number or student number
    password_hash: Mapped[str] = mapped_column(info=PRIVATE, default="")  # "": codes only
    status: Mapped[UserStatus] = mapped_column(default=UserStatus.ACTIVE)


class RoleGrant(Base):
    """A role within a scope. Venue, series and room are later rooms' ids, checked by who grants."""

    __tablename__ = "role_grants"
    __table_args__ = (
        unique_while(
            "uq_role_grants_current",
            "user_id",
            "role",
            "unit_id",
            "venue_id",
            "series_id",
            "room_id",
            condition="revoked_at IS NULL",
        ),
        CheckConstraint(
            "granted_by_id IS NULL OR granted_by_id <> person_id", name="nobody_grants_to_oneself"
        ),
    )

    id: Mapped[Id]
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))  # the user's human
    role: Mapped[Role]
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    venue_id: Mapped[int] = mapped_column(default=0)  # 0: not narrowed
    series_id: Mapped[int] = mapped_column(default=0)
    room_id: Mapped[int] = mapped_column(default=0)
    granted_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))  # None: set-up
    granted_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


class Conflict(Base):
    """A declared tie between two people, the smaller id first."""

    __tablename__ = "conflicts"
    __table_args__ = (
        UniqueConstraint("person_id", "other_id", "relation"),
        CheckConstraint("person_id < other_id", name="one_row_a_pair"),
    )

    id: Mapped[Id]
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    other_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    relation: Mapped[Relation]
    declared_at: Mapped[datetime]
    declared_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))


class SignIn(Base):
    """One signed-in browser. The cookie holds a random token; here stands its hash alone."""

    __tablename__ = "sign_ins"

    id: Mapped[Id]
    token_hash: Mapped[str] = mapped_column(unique=True, info=PRIVATE)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    began_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]  # signed out, revoked, or the user was disabled


class OneTimeCode(Base):
    """A code sent to a phone; right once, within minutes, and only a few guesses."""

    __tablename__ = "one_time_codes"

    id: Mapped[Id]
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    purpose: Mapped[CodePurpose]
    code_hash: Mapped[str] = mapped_column(info=PRIVATE)
    expires_at: Mapped[datetime]
    guesses: Mapped[int] = mapped_column(default=0)
    used_at: Mapped[datetime | None]


class PhoneChange(Lifecycle, Base):
    """A new phone for somebody who lost the old one: one human asks, another one approves."""

    __tablename__ = "phone_changes"
    __table_args__ = (
        unique_while("uq_phone_changes_open", "person_id", condition="status = 'asked'"),
        CheckConstraint(
            "decided_by_id IS NULL OR "
            "(decided_by_id <> asked_by_id AND decided_by_id <> person_id)",
            name="another_human_decides",
        ),
    )
    flow = PHONE_CHANGE_FLOW

    id: Mapped[Id]
    token: Mapped[Token]
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    phone: Mapped[str] = mapped_column(info=PRIVATE)
    status: Mapped[PhoneChangeStatus] = mapped_column(default=PhoneChangeStatus.ASKED)
    reason: Mapped[str]  # how the old phone was lost, and what document was shown
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    asked_at: Mapped[datetime]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))


class Notice(Base):
    """Something a person was told, and when they read it."""

    __tablename__ = "notices"

    id: Mapped[Id]
    token: Mapped[Token]
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    text: Mapped[str]  # an English sentence with named facts, said in the reader's language
    facts: Mapped[dict[str, Any]]
    sent_at: Mapped[datetime]
    read_at: Mapped[datetime | None]


class Message(Outgoing, Base):
    """A notice or code on its way to a phone or a mailbox."""

    __tablename__ = "messages"

    id: Mapped[Id]
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    channel: Mapped[str]  # "sms" or "mail"
    address: Mapped[str] = mapped_column(info=PRIVATE)
    body: Mapped[str] = mapped_column(info=PRIVATE)
    status: Mapped[SendStatus] = mapped_column(default=SendStatus.PENDING)


keep(
    Base.metadata,
    flow_guard("users", as_rows(USER_FLOW)),
    flow_guard("messages", as_rows(SEND_FLOW)),
    flow_guard("phone_changes", as_rows(PHONE_CHANGE_FLOW)),
)
