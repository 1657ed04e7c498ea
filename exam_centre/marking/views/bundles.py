"""One bundle for whoever runs marking or approves it: its laws, rounds, disputes, next act."""

from collections.abc import Callable, Sequence

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from exam_centre.kernel import clock
from exam_centre.kernel.database import unit_of_work
from exam_centre.kernel.errors import NotFound
from exam_centre.kernel.permissions import Actor, Permission
from exam_centre.kernel.sentences import say
from exam_centre.marking import queries, service
from exam_centre.marking.forms import ActForm, ReasonForm
from exam_centre.marking.models import Allocation, Bundle, Moderation
from exam_centre.marking.queries import markers, pages
from exam_centre.marking.rules import AllocationStatus, BundleStatus
from exam_centre.marking.rules.words import (
    ALLOCATION_NAMES,
    BUNDLE_NAMES,
    HOW_SETTLED,
    ROUND_NAMES,
    STATUS_NAMES,
    grouped,
)
from exam_centre.marking.views.base import blueprint
from exam_centre.webkit.access import current_actor, requires
from exam_centre.webkit.database import reader
from exam_centre.webkit.form import typed

SEES_MARKS_FROM = (
    BundleStatus.COMPARED,
    BundleStatus.FINAL,
    BundleStatus.MODERATED,
    BundleStatus.APPROVED,
)


@blueprint.get("/bundles/<token:bundle>")
@requires(Permission.RUN_MARKING, Permission.APPROVE_RESULTS)
def bundle(bundle: str) -> ResponseReturnValue:
    """Show a bundle: what is wrong with it, who has it, and what comes next."""
    actor = current_actor()
    found = queries.access_bundle(reader(), actor, bundle)
    line = pages.line_of(reader(), found)
    disputed = queries.disputed_codes(reader(), found)
    needs_third = bool(disputed) and 3 not in line.rounds
    choices = markers.marker_choices(reader()) if needs_third else []
    place = queries.place_of_bundle(reader(), found)
    sample = queries.moderations_of(reader(), found)
    return render_template(
        "marking/bundle.html",
        bundle=found,
        line=line,
        laws=(
            queries.law_codes(reader(), [found.room_session_id], sitting_id=found.sitting_id),
            queries.law_marks(reader(), [found.id]),
        ),
        disputed=disputed,
        scripts=queries.scripts_of(reader(), found) if sees_marks(actor, found) else [],
        has_report=_has_report(found, sample) and not still_marks(actor, found),
        sent_back=[row for row in sample if row.verdict == "sent_back"],
        choices=markers.suggest(reader(), choices, [found]).get(found.id, []),
        runs=actor.may(Permission.RUN_MARKING, place),
        approves=actor.may(Permission.APPROVE_RESULTS, place),
        all_submitted=_all_submitted(line),
        needs_third=needs_third,
        form=ActForm(formdata=None),
        reason_form=ReasonForm(formdata=None),
        bundle_names=BUNDLE_NAMES,
        allocation_names=ALLOCATION_NAMES,
        round_names=ROUND_NAMES,
        status_names=STATUS_NAMES,
        how_settled=HOW_SETTLED,
        given_of=queries.given_of,
        grouped=grouped,
    )


@blueprint.post("/bundles/<token:bundle>/compare")
@requires(Permission.RUN_MARKING)
def compare(bundle: str) -> ResponseReturnValue:
    """Compare the submitted rounds."""
    actor, now = current_actor(), clock.now()
    with unit_of_work() as session:
        found = queries.access_bundle(session, actor, bundle)
        disputed = service.compare(session, actor, found, now=now)
    if disputed:
        words = ngettext(
            "Compared. One script is in dispute.",
            "Compared. %(num)s scripts are in dispute.",
            len(disputed),
        )
        flash(words, "attend")
    else:
        flash(_("Compared. No script is in dispute."), "success")
    return redirect(url_for(".bundle", bundle=bundle), 303)


@blueprint.post("/bundles/<token:bundle>/third")
@requires(Permission.RUN_MARKING)
def give_third(bundle: str) -> ResponseReturnValue:
    """Give the scripts in dispute to a third marker."""
    actor, now = current_actor(), clock.now()
    with unit_of_work() as session:
        marker = markers.find_marker(session, request.form.get("marker", ""))
        if marker is not None:
            found = queries.access_bundle(session, actor, bundle)
            service.allocate(session, actor, found, 3, marker, now=now)
    if marker is None:
        flash(_("Nobody was chosen."), "attend")
    else:
        flash(_("The scripts in dispute are given to a third marker."), "success")
    return redirect(url_for(".bundle", bundle=bundle), 303)


@blueprint.post("/bundles/<token:bundle>/finalise")
@requires(Permission.RUN_MARKING)
def finalise(bundle: str) -> ResponseReturnValue:
    """Make the bundle's marks final."""
    return _act(bundle, _("The marks of this bundle are final."), service.finalise)


@blueprint.post("/bundles/<token:bundle>/approve")
@requires(Permission.APPROVE_RESULTS)
def approve(bundle: str) -> ResponseReturnValue:
    """Approve the moderated marks: from now on they count."""
    return _act(bundle, _("Approved. These marks count."), service.approve_bundle)


@blueprint.post("/bundles/<token:bundle>/send-back")
@requires(Permission.RUN_MARKING)
def send_back(bundle: str) -> ResponseReturnValue:
    """Give the bundle back to marking for what its moderator disagrees with."""
    actor, now, form = current_actor(), clock.now(), ReasonForm.from_request()
    if not form.submitted():
        flash(_("Say why: the next reader has nothing else."), "problem")
        return redirect(url_for(".bundle", bundle=bundle), 303)
    with unit_of_work() as session:
        found = queries.access_bundle(session, actor, bundle)
        service.send_back(session, actor, found, reason=typed(form.reason), now=now)
    flash(_("Sent back to marking."), "success")
    return redirect(url_for(".bundle", bundle=bundle), 303)


@blueprint.post("/bundles/<token:bundle>/rounds/<int:round_no>/reopen")
@requires(Permission.RUN_MARKING)
def reopen_round(bundle: str, round_no: int) -> ResponseReturnValue:
    """Open a submitted round again."""
    return _change_round(bundle, round_no, service.reopen, _("Opened again."))


@blueprint.post("/bundles/<token:bundle>/rounds/<int:round_no>/take-back")
@requires(Permission.RUN_MARKING)
def take_back_round(bundle: str, round_no: int) -> ResponseReturnValue:
    """Take a round back from a marker who leaves."""
    words = _("Taken back. Give it to another marker.")
    return _change_round(bundle, round_no, service.return_allocation, words)


@blueprint.get("/approvals")
@requires(Permission.APPROVE_RESULTS)
def approvals() -> ResponseReturnValue:
    """Show the moderated bundles that wait for approval."""
    lines = pages.bundles_to_approve(reader(), current_actor())
    return render_template("marking/approvals.html", lines=lines, grouped=grouped)


def _change_round(
    bundle: str, round_no: int, change: Callable[..., Allocation], words: str
) -> ResponseReturnValue:
    actor, now, form = current_actor(), clock.now(), ReasonForm.from_request()
    if not form.submitted():
        flash(_("Say why: the next reader has nothing else."), "problem")
        return redirect(url_for(".bundle", bundle=bundle), 303)
    with unit_of_work() as session:
        found = queries.access_bundle(session, actor, bundle)
        held = pages.line_of(session, found).rounds.get(round_no)
        if held is None:
            raise NotFound(say("round"))
        change(session, actor, held.allocation, reason=typed(form.reason), now=now)
    flash(words, "success")
    return redirect(url_for(".bundle", bundle=bundle), 303)


def _act(bundle: str, words: str, act: Callable[..., Bundle]) -> ResponseReturnValue:
    actor, now = current_actor(), clock.now()
    with unit_of_work(serializable=True) as session:
        found = queries.access_bundle(session, actor, bundle)
        act(session, actor, found, now=now)
    flash(words, "success")
    return redirect(url_for(".bundle", bundle=bundle), 303)


def sees_marks(actor: Actor, found: Bundle) -> bool:
    """Say whether a person may read a bundle's marks: they have none of their own to give.

    Before the rounds are compared nobody reads them, and a moderator only what the sample shows.
    """
    is_moderator = actor.may(Permission.MODERATE, queries.place_of_bundle(reader(), found))
    still_to_read = is_moderator and found.status in (BundleStatus.COMPARED, BundleStatus.FINAL)
    return found.status in SEES_MARKS_FROM and not still_to_read and not still_marks(actor, found)


def still_marks(actor: Actor, found: Bundle) -> bool:
    """Say whether a person holds an open round of this bundle."""
    return any(
        held.bundle_id == found.id and held.status is AllocationStatus.ALLOCATED
        for held in queries.allocations_of(reader(), actor)
    )


def _has_report(found: Bundle, sample: Sequence[Moderation]) -> bool:
    is_over = found.status in (BundleStatus.MODERATED, BundleStatus.APPROVED)
    return is_over or (bool(sample) and all(row.score is not None for row in sample))


def _all_submitted(line: pages.BundleLine) -> bool:
    due = (1, 2) if line.second_needed else (1,)
    return all(
        number in line.rounds
        and line.rounds[number].allocation.status is AllocationStatus.SUBMITTED
        for number in due
    )
