"""Learning accounts: opened for a person, and confirmed by the bank before any claim."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from exam_centre.accounts.models import Person
from exam_centre.adapters.credit_bank import AccountAnswer
from exam_centre.credits import queries
from exam_centre.credits.models import LearningAccount
from exam_centre.credits.rules import AccountTaken
from exam_centre.kernel import audit
from exam_centre.kernel.permissions import Actor, Permission


def open_account(
    session: Session, actor: Actor, person: Person, *, account_no: str, now: datetime
) -> LearningAccount:
    """Note a person's account at the bank; another number for them has to be checked anew.

    Raises AccountTaken where the number is somebody else's.
    """
    actor.require(Permission.RUN_CREDITS, queries.place_of_person(session, person.id))
    holder = session.scalar(select(LearningAccount).where(LearningAccount.account_no == account_no))
    if holder is not None and holder.person_id != person.id:
        raise AccountTaken(account_no)
    account = session.get(LearningAccount, person.id)
    if account is not None and account.account_no == account_no:
        return account
    if account is None:
        account = LearningAccount(person_id=person.id, account_no=account_no)
        session.add(account)
    else:
        account.account_no, account.checked_at, account.answer = account_no, None, ""
    audit.record(session, actor, "credits.account_opened", account, now)
    return account


def note_validation(
    session: Session,
    actor: Actor,
    account: LearningAccount,
    answer: AccountAnswer,
    *,
    now: datetime,
) -> LearningAccount:
    """Keep the bank's word on whose account it is. The actor may be the system on its schedule."""
    if actor.person_id is not None:
        place = queries.place_of_person(session, account.person_id)
        actor.require(Permission.RUN_CREDITS, place)
    account.checked_at, account.answer = now, answer.result.value
    audit.record(session, actor, "credits.account_checked", account, now, reason=answer.reason)
    return account
