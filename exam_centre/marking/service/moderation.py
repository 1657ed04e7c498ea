"""Reading a sample without seeing the marks, sending a bundle back, approving it."""

from datetime import datetime
from decimal import Decimal

from sqlalchemy.orm import Session

from exam_centre.accounts.service import ensure_no_tie, other_human
from exam_centre.kernel import audit
from exam_centre.kernel.permissions import Actor, Permission
from exam_centre.marking.models import Bundle, Moderation, SecretCode
from exam_centre.marking.queries import (
    candidates_in,
    markers_of,
    moderations_of,
    people_at_work,
    place_of_bundle,
    rules_of_bundle,
    script_behind,
    scripts_of,
)
from exam_centre.marking.rules import (
    AlreadyRead,
    AlreadySampled,
    BundleStatus,
    NotFinal,
    NothingSentBack,
    NotYourBundle,
    SampleUnread,
    SentBack,
    draw,
    within_full,
)


def draw_sample(
    session: Session, actor: Actor, bundle: Bundle, *, seed: str, now: datetime
) -> list[Moderation]:
    """Draw the scripts this moderator reads: a seeded part, both ends and the pass mark's edge.

    The trail keeps the seed; the same seed draws the same sample again. A bundle without a single
    number has an empty sample. Raises NotFinal, AlreadySampled, SamePerson, ConflictOfInterest.
    """
    human = _ensure_impartial(session, actor, bundle)
    if bundle.status is not BundleStatus.FINAL:
        raise NotFinal
    if moderations_of(session, bundle):
        raise AlreadySampled
    rules = rules_of_bundle(session, bundle)
    scripts = {script.code: script for script in scripts_of(session, bundle)}
    scores = {
        code: script.final.score
        for code, script in scripts.items()
        if script.final.score is not None
    }
    drawn = draw(scores, rules.sample_percent, seed, rules.pass_mark)
    session.add_all(
        Moderation(secret_code_id=scripts[code].code_id, why=why, moderator_id=human)
        for code, why in sorted(drawn.items())
    )
    audit.record(session, actor, "marking.sample_drawn", bundle, now, reason=f"seed {seed}")
    return moderations_of(session, bundle)


def moderate(
    session: Session, actor: Actor, moderation: Moderation, *, score: Decimal, now: datetime
) -> Moderation:
    """Keep the moderator's own mark; beyond the tolerance it sends the script back.

    It changes nobody's mark: a third marker reads what was sent back. Raises NotYourBundle,
    AlreadyRead, WrongMark, SamePerson, ConflictOfInterest.
    """
    code = session.get_one(SecretCode, moderation.secret_code_id)
    bundle = session.get_one(Bundle, code.bundle_id)
    human = _ensure_impartial(session, actor, bundle)
    if moderation.moderator_id != human:
        raise NotYourBundle
    if moderation.score is not None:
        raise AlreadyRead
    if bundle.status is not BundleStatus.FINAL:
        raise NotFinal
    moderation.score, moderation.given_at = within_full(score), now
    final = script_behind(session, code).final
    near = (
        final.score is not None
        and abs(final.score - score) <= rules_of_bundle(session, bundle).tolerance
    )
    moderation.verdict = "agrees" if near else "sent_back"
    audit.record(session, actor, "marking.moderated", moderation, now)
    return moderation


def pass_moderation(session: Session, actor: Actor, bundle: Bundle, *, now: datetime) -> Bundle:
    """End the moderation of a bundle whose whole sample is read. Raises SampleUnread."""
    _ensure_impartial(session, actor, bundle)
    unread = sum(1 for row in moderations_of(session, bundle) if row.score is None)
    if unread:
        raise SampleUnread(unread)
    bundle.move_to(BundleStatus.MODERATED)
    audit.record(session, actor, "marking.moderation_ended", bundle, now)
    return bundle


def send_back(
    session: Session, actor: Actor, bundle: Bundle, *, reason: str, now: datetime
) -> Bundle:
    """Give a moderated bundle back to marking, for what the moderator disagrees with.

    Raises NothingSentBack; IllegalMove before the moderation has ended.
    """
    actor.require(Permission.RUN_MARKING, place_of_bundle(session, bundle))
    if not _sent_back(session, bundle):
        raise NothingSentBack
    bundle.move_to(BundleStatus.MARKING)
    audit.record(session, actor, "marking.sent_back", bundle, now, reason=reason)
    return bundle


def approve_bundle(session: Session, actor: Actor, bundle: Bundle, *, now: datetime) -> Bundle:
    """Approve moderated marks: from now on they count. Raises SentBack, SamePerson, and more.

    The approver neither marked nor moderated the bundle and has no tie to anyone in it.
    """
    actor.require(Permission.APPROVE_RESULTS, place_of_bundle(session, bundle))
    human = other_human(session, actor, *people_at_work(session, bundle))
    ensure_no_tie(session, human, candidates_in(session, bundle))
    codes = _sent_back(session, bundle)
    if codes:
        raise SentBack(codes)
    bundle.approved_by_id = human
    bundle.move_to(BundleStatus.APPROVED)
    audit.record(session, actor, "marking.approved", bundle, now)
    return bundle


def _ensure_impartial(session: Session, actor: Actor, bundle: Bundle) -> int:
    actor.require(Permission.MODERATE, place_of_bundle(session, bundle))
    human = other_human(session, actor, *markers_of(session, bundle))
    ensure_no_tie(session, human, candidates_in(session, bundle))
    return human


def _sent_back(session: Session, bundle: Bundle) -> list[str]:
    rows = [row for row in moderations_of(session, bundle) if row.verdict == "sent_back"]
    return [session.get_one(SecretCode, row.secret_code_id).code for row in rows]
