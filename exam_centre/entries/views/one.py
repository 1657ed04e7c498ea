"""One entry: where it stands and why, and what may be done with it alone."""

from collections.abc import Callable
from dataclasses import dataclass

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from exam_centre.accounts.queries import names_of
from exam_centre.accounts.rules import ReasonMissing
from exam_centre.entries import queries, service
from exam_centre.entries.forms import ReasonForm
from exam_centre.entries.queries import EntryLine
from exam_centre.entries.rules import ASSESSABLE, ENTRY_FLOW, OWN_SENTENCES, EntryStatus
from exam_centre.entries.views.blueprint import ASKERS, SEERS, blueprint, way_to_candidate
from exam_centre.kernel import clock
from exam_centre.kernel.errors import NotFound
from exam_centre.kernel.permissions import Permission
from exam_centre.kernel.sentences import Sentence, say
from exam_centre.webkit.access import current_actor, requires
from exam_centre.webkit.acting import done, saving
from exam_centre.webkit.database import reader
from exam_centre.webkit.form import ActForm, typed
from exam_centre.webkit.languages import said

Act = Callable[..., None]


@dataclass(frozen=True)
class Reasoned:
    """An act on one entry that takes a reason, in the words of its page."""

    title: Sentence
    lead: Sentence
    button: Sentence
    done: Sentence
    act: Act


WITHDRAW = Reasoned(
    say("Withdraw this entry"),
    say(
        "The candidate will not sit this paper in this series. Until the deadline for entries it "
        "can be entered anew; a seat that was given is freed by the next version of the plan."
    ),
    say("Withdraw the entry"),
    say("The entry is withdrawn."),
    service.withdraw,
)
BAR = Reasoned(
    say("Bar this entry"),
    say(
        "A barred entry is not placed and not admitted, and no other entry of this person in the "
        "series becomes eligible until the bar is lifted."
    ),
    say("Bar the entry"),
    say("The entry is barred."),
    service.bar,
)
LIFT = Reasoned(
    say("Lift the bar"),
    say("The entry is confirmed again. If the plan is made already, a repair gives it a seat."),
    say("Lift the bar"),
    say("The bar is lifted. The entry is confirmed."),
    service.lift_bar,
)


@blueprint.get("/<token:entry>")
@requires(Permission.SEE_OWN, *SEERS)
def show_entry(entry: str) -> ResponseReturnValue:
    """Show one entry: its courses, every rule's verdict, and what may be done now."""
    session, actor = reader(), current_actor()
    line = line_of(entry)
    found = line.entry
    is_own = line.candidate.person_id == actor.person_id
    place = queries.place_of_candidate(session, found.candidate_id, found.series_id)
    enters = actor.may(Permission.ENTER_CANDIDATES, place)
    decides = actor.may(Permission.APPROVE_ENTRIES, place)
    asked = queries.deferrals_of(session, found.id)
    people = {each.requested_by_id for each in asked} | {each.decided_by_id or 0 for each in asked}
    return render_template(
        "entries/entry.html",
        line=line,
        is_own=is_own,
        courses=queries.courses_of_entries(session, [found.id]).get(found.id, []),
        findings=[
            (row, Sentence(row.text, row.facts), OWN_SENTENCES[row.rule] if is_own else None)
            for row in queries.findings_of(session, found.id)
        ],
        why=queries.reasons_of(session, [found.id]).get(found.id, ""),
        deferrals=asked,
        names=names_of(session, people),
        way=way_to_candidate(line.candidate, line.name),
        may_assess=enters and found.status in ASSESSABLE,
        may_confirm=enters and found.status is EntryStatus.ELIGIBLE,
        may_defer=(enters or is_own) and found.status is EntryStatus.CONFIRMED,
        may_withdraw=(enters or is_own) and ENTRY_FLOW.allows(found.status, EntryStatus.WITHDRAWN),
        may_bar=decides and ENTRY_FLOW.allows(found.status, EntryStatus.BARRED),
        may_lift=decides and found.status is EntryStatus.BARRED,
        may_consent=enters or is_own,
        form=ActForm(formdata=None),
    )


@blueprint.post("/<token:entry>/assess")
@requires(Permission.ENTER_CANDIDATES)
def assess(entry: str) -> ResponseReturnValue:
    """Judge one entry by every rule."""
    if not ActForm.from_request().submitted():
        return _back(entry)
    with saving() as session:
        own = queries.access_entry(session, current_actor(), entry)
        findings = service.assess(session, current_actor(), own, now=clock.now())
        fits = all(finding.passes for finding in findings)
    if fits:
        return done(_("The entry is eligible."), ".show_entry", entry=entry)
    words = _("The entry is not eligible. The reasons stand below.")
    return done(words, ".show_entry", "attend", entry=entry)


@blueprint.post("/<token:entry>/confirm")
@requires(Permission.ENTER_CANDIDATES)
def confirm(entry: str) -> ResponseReturnValue:
    """Make one eligible entry one that will be placed."""
    if not ActForm.from_request().submitted():
        return _back(entry)
    with saving() as session:
        own = queries.access_entry(session, current_actor(), entry)
        service.confirm(session, current_actor(), own, now=clock.now())
    return done(_("The entry is confirmed."), ".show_entry", entry=entry)


@blueprint.route("/<token:entry>/withdraw", methods=["GET", "POST"])
@requires(*ASKERS)
def withdraw(entry: str) -> ResponseReturnValue:
    """Take one entry back, as its candidate or the office."""
    return _reasoned(entry, WITHDRAW)


@blueprint.route("/<token:entry>/bar", methods=["GET", "POST"])
@requires(Permission.APPROVE_ENTRIES)
def bar(entry: str) -> ResponseReturnValue:
    """Keep one entry from being sat."""
    return _reasoned(entry, BAR)


@blueprint.route("/<token:entry>/lift", methods=["GET", "POST"])
@requires(Permission.APPROVE_ENTRIES)
def lift_bar(entry: str) -> ResponseReturnValue:
    """Confirm a barred entry again."""
    return _reasoned(entry, LIFT)


def line_of(token: str) -> EntryLine:
    """Return the entry with whose it is. Raises NotFound where the actor may not see it."""
    found = queries.entry_lines(reader(), current_actor(), [token])
    if not found:
        raise NotFound(say("entry"))
    return found[0]


def _reasoned(entry: str, what: Reasoned) -> ResponseReturnValue:
    line = line_of(entry)
    form = ReasonForm.from_request()
    if form.submitted():
        with saving({ReasonMissing: form.reason}) as session:
            own = queries.access_entry(session, current_actor(), entry)
            what.act(session, current_actor(), own, reason=typed(form.reason), now=clock.now())
        if not form.errors:
            return done(said(what.done), ".show_entry", entry=entry)
    way = way_to_candidate(line.candidate, line.name)
    return render_template(
        "entries/reason.html",
        what=what,
        line=line,
        form=form,
        way=[*way, (line.paper.name, url_for(".show_entry", entry=entry))],
    )


def _back(entry: str) -> ResponseReturnValue:
    return redirect(url_for(".show_entry", entry=entry), 303)
