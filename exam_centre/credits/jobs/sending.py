"""What runs on a schedule: push what is due, compare the ledgers, ask whose accounts they are."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from random import Random
from typing import Any

from sqlalchemy import select

from exam_centre.accounts.models import Person
from exam_centre.adapters.credit_bank import (
    Busy,
    CreditBank,
    Known,
    PushMessage,
    PushReply,
    Unknown,
    Unreachable,
    bucket_digests,
    bucket_of,
)
from exam_centre.calendar.models import Series
from exam_centre.credits import queries, service
from exam_centre.credits.jobs.desk import desk, who_asked
from exam_centre.credits.models import LearningAccount, OutboxRow, Reconciliation
from exam_centre.credits.rules import BankUnreachable
from exam_centre.kernel import clock
from exam_centre.kernel.database import in_unit_of_work, reading, unit_of_work
from exam_centre.kernel.jobs import Progress, job
from exam_centre.kernel.outbox import LEASE, Breaker
from exam_centre.kernel.permissions import SYSTEM, Actor

CLAIM, PUSH, RECONCILE, CHECK = (
    "credits.claim",
    "credits.push",
    "credits.reconcile",
    "credits.check_accounts",
)
LEASED_A_LINE = 5  # so few that a slow bank answers all of them within the lease
LINES = 4  # to the bank at a time: one answer is kept while the next are on their way
SERVER_ERRORS = 500  # from here on, a "busy" is the bank's own trouble


@job(CLAIM)
def claim_series(arguments: dict[str, Any], progress: Progress) -> None:
    """Claim a series' released passes for whoever asked. Arguments: "series" and "user", ids."""
    actor = who_asked(arguments)
    progress(0, 1)
    with unit_of_work() as session:
        series = session.get_one(Series, int(arguments["series"]))
        service.claim_released(session, actor, series, desk().issuer, clock.now())
    progress(1, 1)


@job(PUSH)
def push_now(_arguments: dict[str, Any], _progress: Progress) -> None:
    """Send what is due."""
    push_due(desk().bank, now=clock.now, breaker=desk().breaker, lines=LINES)


@job(RECONCILE)
def reconcile_now(arguments: dict[str, Any], _progress: Progress) -> None:
    """Compare the ledgers. Arguments: "month", "" for all, and "user"."""
    reconcile(
        desk().bank, who_asked(arguments), str(arguments["month"]), clock.now(), every_bucket=True
    )


@job(CHECK)
def check_now(_arguments: dict[str, Any], _progress: Progress) -> None:
    """Ask the bank whose the unchecked accounts are."""
    validate_accounts(desk().bank, now=clock.now, lines=LINES)


def claim_everywhere() -> int:
    """Claim what can be claimed in every series, as the system; return how many changed."""
    with reading() as session:
        keys = list(session.scalars(select(Series.id).order_by(Series.id)))
    changed = 0
    for key in keys:
        with unit_of_work() as session:
            series = session.get_one(Series, key)
            changed += service.claim_released(session, SYSTEM, series, desk().issuer, clock.now())
    return changed


def push_if_possible() -> int:
    """Send what is due, on the schedule; nothing where no key signs messages to the bank."""
    if not desk().has_key:
        return 0
    return push_due(desk().bank, now=clock.now, breaker=desk().breaker, lines=LINES)


def check_if_possible() -> int:
    """Ask about unchecked accounts, on the schedule; nothing where no key signs questions."""
    return validate_accounts(desk().bank, now=clock.now, lines=LINES) if desk().has_key else 0


def reconcile_if_possible() -> Reconciliation | None:
    """Compare the ledgers at night; None where no key signs questions."""
    if not desk().has_key:
        return None
    return reconcile(desk().bank, SYSTEM, "", clock.now())


@dataclass(frozen=True)
class _Leased:
    """One message in this worker's hands. `version` tells whether it still is, later."""

    row_id: int
    version: int
    until: datetime
    message: PushMessage


def push_due(
    bank: CreditBank,
    *,
    now: Callable[[], datetime],
    limit: int = 200,
    breaker: Breaker | None = None,
    chance: Random | None = None,
    lines: int = 1,
) -> int:
    """Send up to `limit` due messages and keep the answers; return how many were sent.

    Leases in one transaction, talks to the bank in none, settles each answer in one of its own:
    whoever dies in between leaves a lease that runs out, and the same key goes out again.

    breaker  one a bank and process, kept between calls; None: this call has its own.
    chance   spreads the retries.
    lines    how many messages may be at the bank at a time; answers are settled one by one.
    """
    breaker = breaker or Breaker()
    chance = chance or Random()  # noqa: S311 - it spreads load, it keeps no secret
    sent = 0

    def send(leased: _Leased) -> PushReply | None:
        # What a slow bank left over is leased anew, by whoever comes first.
        if now() >= leased.until - LEASE / 2 or not breaker.may_send(now()):
            return None
        return bank.push(leased.message)

    with ThreadPoolExecutor(lines, "credit-bank") as pool:
        while sent < limit and breaker.may_send(now()):
            is_probe = breaker.opened_at is not None
            batch = _lease(now(), 1 if is_probe else min(LEASED_A_LINE * lines, limit - sent))
            for leased, reply in zip(batch, pool.map(send, batch), strict=True):
                if reply is None:
                    _give_back(leased, now())
                    continue
                _note(leased, reply, breaker, chance, now, is_probe)
                sent += 1
            if not batch or is_probe:
                break
    return sent


def reconcile(
    bank: CreditBank, actor: Actor, month: str, now: datetime, *, every_bucket: bool = False
) -> Reconciliation:
    """Compare the bank's ledger with ours and keep what differs.

    month         of the award in UTC, e.g. "2026-11"; "" for all.
    every_bucket  list the buckets whose digests agree as well: a digest does not show a state.
    Raises        BankUnreachable: nothing was compared.
    """
    with reading() as session:
        ours = queries.standings(session, month)
    digests = bank.digest(month or None)
    if isinstance(digests, Unreachable):
        raise BankUnreachable(digests.reason)
    rows = [(name, each.number, each.body_sha256) for name, each in ours.items()]
    mine = bucket_digests(rows)
    listed = {n for n in range(len(mine)) if every_bucket or mine[n] != digests[n]}
    theirs: dict[str, Known] = {}
    for number in sorted(listed):
        answer = bank.bucket(month or None, number)
        if isinstance(answer, Unreachable):
            raise BankUnreachable(answer.reason)
        theirs |= {known.outcome_id: known for known in answer}
    in_question = {name: each for name, each in ours.items() if bucket_of(name) in listed}
    compared = service.Compared(
        month=month,
        ours_count=len(ours),
        theirs_count=len(ours) - len(in_question) + len(theirs),
        ours=in_question,
        theirs=theirs,
    )
    return in_unit_of_work(
        lambda session: service.note_differences(session, actor, compared, now=now)
    )


def validate_accounts(
    bank: CreditBank, *, now: Callable[[], datetime], limit: int = 200, lines: int = 1
) -> int:
    """Ask the bank whose the unchecked accounts are; return how many it said something about.

    lines  how many questions may be at the bank at a time.
    """
    with reading() as session:
        unchecked = session.execute(
            select(
                LearningAccount.person_id, LearningAccount.account_no, Person.name, Person.id_tail
            )
            .join(Person, Person.id == LearningAccount.person_id)
            .where(LearningAccount.checked_at.is_(None))
            .order_by(LearningAccount.person_id)
            .limit(limit)
        ).all()
    answered = 0
    with ThreadPoolExecutor(lines, "credit-bank") as pool:
        answers = pool.map(
            lambda row: bank.validate_account(row.account_no, row.name, row.id_tail), unchecked
        )
        for row, answer in zip(unchecked, answers, strict=True):
            if isinstance(answer, Unreachable):
                continue
            with unit_of_work() as session:
                account = session.get_one(LearningAccount, row.person_id)
                # A number typed anew in the meantime is not the one the bank was asked about.
                if account.account_no == row.account_no:
                    service.note_validation(session, SYSTEM, account, answer, now=now())
                    answered += 1
    return answered


def _lease(now: datetime, limit: int) -> list[_Leased]:
    with unit_of_work() as session:
        return [
            _Leased(
                row.id,
                row.version,
                now + LEASE,
                PushMessage(row.stable_id, row.number, row.body.encode()),
            )
            for row in service.lease_due(session, now=now, limit=limit)
        ]


def _note(
    leased: _Leased,
    reply: PushReply,
    breaker: Breaker,
    chance: Random,
    now: Callable[[], datetime],
    is_probe: bool,
) -> None:
    _settle(leased, reply, now(), chance, is_probe)
    if _is_outage(reply):
        breaker.failed(now())
    elif breaker.answered():
        with unit_of_work() as session:
            service.bank_is_back(session, now=now())


def _settle(
    leased: _Leased, reply: PushReply, now: datetime, chance: Random, is_probe: bool
) -> None:
    with unit_of_work() as session:
        row, _claim = queries.in_hand(session, leased.row_id)
        if row.version != leased.version:
            service.note_late_reply(session, row, reply, now)
            return
        service.note_reply(session, row, reply, now, chance=chance, is_probe=is_probe)


def _give_back(leased: _Leased, now: datetime) -> None:
    """Return a message that was leased and not sent, so that nobody waits for the lease."""
    with unit_of_work() as session:
        row = session.get_one(OutboxRow, leased.row_id)
        if row.version == leased.version:
            service.give_back(session, row, now=now)


def _is_outage(reply: PushReply) -> bool:
    match reply:
        case Unknown():
            return True
        case Busy(status=status):
            return status is None or status >= SERVER_ERRORS
    return False
