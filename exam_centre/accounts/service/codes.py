"""Signing in by a code that was sent to the person's phone."""

import hashlib
import hmac
import secrets
from datetime import datetime, timedelta

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from exam_centre.accounts.models import OneTimeCode, Person, User
from exam_centre.accounts.queries import find_user
from exam_centre.accounts.rules import (
    CODE_DIGITS,
    CODE_GUESSES,
    CODE_LASTS,
    CODES_AN_HOUR,
    CodePurpose,
    UserStatus,
)
from exam_centre.accounts.service.notices import send_text
from exam_centre.accounts.service.sign_ins import begin
from exam_centre.kernel import audit
from exam_centre.kernel.permissions import SYSTEM
from exam_centre.kernel.sentences import say


def send_code(session: Session, *, login: str, purpose: CodePurpose, now: datetime) -> str | None:
    """Send a new code to the phone of a user; codes sent before it stop working.

    Returns the code, which the person learns from their phone alone: a page shows the same words
    whether one was sent or not. None where the login is unknown or disabled, no phone is known,
    or CODES_AN_HOUR were sent within the hour.
    """
    user = find_user(session, login)
    if user is None or user.status is not UserStatus.ACTIVE:
        return None
    return send_code_to(session, session.get_one(Person, user.person_id), purpose, now)


def send_code_to(
    session: Session, person: Person, purpose: CodePurpose, now: datetime
) -> str | None:
    """Send a new code to a person's phone, as `send_code` does for a login."""
    if not person.phone or _sent_lately(session, person.id, now) >= CODES_AN_HOUR:
        return None
    code = make_code(session, person.id, purpose, CODE_DIGITS, now, now + CODE_LASTS)
    sentence = say(
        "Your code is {code}. It works for {minutes} minutes; tell it to nobody.",
        code=code,
        minutes=CODE_LASTS // timedelta(minutes=1),
    )
    send_text(session, person, sentence, now)
    return code


def make_code(
    session: Session,
    person_id: int,
    purpose: CodePurpose,
    digits: int,
    now: datetime,
    expires_at: datetime,
    *,
    bound_to: str = "",
) -> str:
    """Return a new code; codes the person had for this purpose stop working.

    bound_to  what the code opens besides its purpose, where that is not every user of the person.
    """
    session.execute(
        update(OneTimeCode)
        .where(
            OneTimeCode.person_id == person_id,
            OneTimeCode.purpose == purpose,
            OneTimeCode.used_at.is_(None),
        )
        .values(used_at=now)
    )
    code = f"{secrets.randbelow(10**digits):0{digits}d}"
    row = OneTimeCode(
        person_id=person_id,
        purpose=purpose,
        code_hash=_hash(person_id, purpose, bound_to + code),
        expires_at=expires_at,
    )
    session.add(row)
    audit.record(session, SYSTEM, "accounts.code_sent", row, now)
    return code


def sign_in_with_code(
    session: Session, *, login: str, code: str, now: datetime
) -> tuple[str, User] | None:
    """Return (the token for the cookie, the user), or None where the code does not open.

    A wrong guess returns, it does not raise: it is counted, and the count must be committed.
    """
    user = find_user(session, login)
    if user is None or user.status is not UserStatus.ACTIVE:
        return None
    if not use_code(session, user.person_id, CodePurpose.SIGN_IN, code, now):
        return None
    return begin(session, user, now), user


def use_code(
    session: Session,
    person_id: int,
    purpose: CodePurpose,
    code: str,
    now: datetime,
    *,
    bound_to: str = "",
) -> bool:
    """Say whether the code opens this purpose for the person, and use it up where it does.

    A wrong guess is counted, and the count must be committed.
    """
    # The lock makes guesses that arrive together take turns, so that none of them is free.
    row = session.scalar(
        select(OneTimeCode)
        .where(
            OneTimeCode.person_id == person_id,
            OneTimeCode.purpose == purpose,
            OneTimeCode.used_at.is_(None),
            OneTimeCode.expires_at > now,
            OneTimeCode.guesses < CODE_GUESSES,
        )
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if row is None:
        return False
    row.guesses += 1
    if not hmac.compare_digest(row.code_hash, _hash(person_id, purpose, bound_to + code.strip())):
        audit.record(session, SYSTEM, "accounts.code_refused", row, now)
        return False
    row.used_at = now
    return True


def _sent_lately(session: Session, person_id: int, now: datetime) -> int:
    sent_after = now - timedelta(hours=1)
    return session.scalars(
        select(func.count())
        .select_from(OneTimeCode)
        .where(
            OneTimeCode.person_id == person_id,
            OneTimeCode.purpose != CodePurpose.FIRST_SIGN_IN,  # handed over, and good for days
            OneTimeCode.expires_at > sent_after + CODE_LASTS,
        )
    ).one()


def _hash(person_id: int, purpose: CodePurpose, code: str) -> str:
    return hashlib.sha256(f"{person_id}:{purpose.value}:{code}".encode()).hexdigest()
