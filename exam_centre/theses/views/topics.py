"""Topics: a worker proposes one, the office names who decides, the supervisor decides."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from exam_centre.accounts.models import Person
from exam_centre.accounts.queries import names_of
from exam_centre.accounts.rules import ReasonMissing
from exam_centre.kernel import clock
from exam_centre.kernel.database import unit_of_work
from exam_centre.kernel.permissions import Permission
from exam_centre.theses import queries, service
from exam_centre.theses.forms import ApproveForm, NameForm, ProposeForm, ReturnForm
from exam_centre.theses.queries import TopicLine
from exam_centre.theses.rules import TOPIC_SENTENCES, OwnSupervisor, TopicStatus
from exam_centre.theses.views.base import Nobody, blueprint, colleague
from exam_centre.webkit.access import current_actor, requires
from exam_centre.webkit.database import reader
from exam_centre.webkit.form import SafeForm, show_refusal, typed

SEES = (Permission.SEE_OWN, Permission.RUN_MARKING, Permission.ENTER_MARKS)


@blueprint.route("/mine/<token:entry>/propose", methods=["GET", "POST"])
@requires(Permission.SEE_OWN)
def propose(entry: str) -> ResponseReturnValue:
    """Propose the topic of one's own thesis; after a return, beginning with the last version."""
    actor = current_actor()
    found = queries.access_own_entry(reader(), actor, entry)
    earlier = queries.topics_of(reader(), [found.id]).get(found.id, [])
    known = {
        "title": earlier[0].title,
        "about": earlier[0].about,
        "at_work": earlier[0].at_work,
    } if earlier else {}  # fmt: skip
    form = ProposeForm.from_request(**known)
    if form.submitted():
        reader().rollback()
        with unit_of_work() as session:
            own = queries.access_own_entry(session, actor, entry)
            service.propose_topic(
                session,
                actor,
                own,
                title=typed(form.title),
                about=typed(form.about),
                at_work=bool(form.at_work.data),
                now=clock.now(),
            )
        flash(_("Your topic is proposed. You get a notice once it is decided."), "success")
        return redirect(url_for(".mine"), 303)
    return render_template("theses/propose.html", form=form, earlier=earlier)


@blueprint.get("/topics/<token:topic>")
@requires(*SEES)
def topic(topic: str) -> ResponseReturnValue:
    """Show one topic with every version of it, and what whoever looks may do."""
    return _page(_access(topic))


@blueprint.post("/topics/<token:topic>/supervisor")
@requires(Permission.RUN_MARKING)
def name_supervisor(topic: str) -> ResponseReturnValue:
    """Name who decides a topic and guides the thesis."""
    form = NameForm.from_request()
    if form.submitted():
        try:
            chosen = colleague(typed(form.supervisor)).id
            reader().rollback()
            with unit_of_work() as session:
                line = queries.access_topic(session, current_actor(), topic)
                service.name_supervisor(
                    session,
                    current_actor(),
                    line.topic,
                    session.get_one(Person, chosen),
                    now=clock.now(),
                )
            return _back(topic, _("The supervisor is named and was told."))
        except (Nobody, OwnSupervisor) as refusal:
            show_refusal(form.supervisor, refusal)
    return _page(_access(topic), form)


@blueprint.post("/topics/<token:topic>/approve")
@requires(Permission.ENTER_MARKS)
def approve(topic: str) -> ResponseReturnValue:
    """Approve a topic: its thesis begins."""
    form = ApproveForm.from_request()
    if not form.submitted():
        return _page(_access(topic))
    with unit_of_work() as session:
        line = queries.access_topic(session, current_actor(), topic)
        thesis = service.approve_topic(session, current_actor(), line.topic, now=clock.now())
        token = thesis.token
    flash(_("The topic is approved and the thesis has begun."), "success")
    return redirect(url_for(".thesis", thesis=token), 303)


@blueprint.post("/topics/<token:topic>/return")
@requires(Permission.ENTER_MARKS)
def return_topic(topic: str) -> ResponseReturnValue:
    """Return a topic with the reason."""
    form = ReturnForm.from_request()
    if form.submitted():
        try:
            with unit_of_work() as session:
                line = queries.access_topic(session, current_actor(), topic)
                service.return_topic(
                    session,
                    current_actor(),
                    line.topic,
                    reason=typed(form.reason),
                    now=clock.now(),
                )
            return _back(topic, _("The topic is returned; the worker was told why."))
        except ReasonMissing as refusal:
            show_refusal(form.reason, refusal)
    return _page(_access(topic), form)


def _page(line: TopicLine, sent: SafeForm | None = None) -> str:
    actor, found = current_actor(), line.topic
    versions = queries.topics_of(reader(), [found.entry_id])[found.entry_id]
    is_own = actor.person_id == found.proposed_by_id
    is_open = found.status is TopicStatus.PROPOSED
    runs = actor.may(Permission.RUN_MARKING, queries.place_of_entry(reader(), found.entry_id))
    decided_by = {each.supervisor_id for each in versions if each.supervisor_id is not None}
    return render_template(
        "theses/topic.html",
        line=line,
        topic=found,
        versions=versions,
        names=names_of(reader(), decided_by),
        is_own=is_own,
        decides=is_open and actor.person_id == found.supervisor_id,
        names_one=is_open and runs and not is_own,
        thesis=queries.find_thesis(reader(), found.entry_id),
        naming=sent if isinstance(sent, NameForm) else NameForm(formdata=None),
        approving=ApproveForm(formdata=None),
        returning=sent if isinstance(sent, ReturnForm) else ReturnForm(formdata=None),
        topic_names=TOPIC_SENTENCES,
        status=TopicStatus,
    )


def _access(token: str) -> TopicLine:
    return queries.access_topic(reader(), current_actor(), token)


def _back(token: str, words: str) -> ResponseReturnValue:
    flash(words, "success")
    return redirect(url_for(".topic", topic=token), 303)
