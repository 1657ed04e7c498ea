"""Theses: the list, one thesis as a timeline, and the next step of whoever looks at it."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from wtforms import Field

from exam_centre.accounts.models import Person
from exam_centre.accounts.queries import names_of
from exam_centre.entries.models import Entry
from exam_centre.kernel import clock
from exam_centre.kernel.database import unit_of_work
from exam_centre.kernel.errors import ConflictOfInterest, NotFound
from exam_centre.kernel.permissions import Permission
from exam_centre.kernel.sentences import Sentence, say
from exam_centre.theses import queries, service
from exam_centre.theses.forms import (
    BeginForm,
    FinishForm,
    MarkForm,
    PanelForm,
    RecordForm,
    SimilarityForm,
)
from exam_centre.theses.models import Thesis
from exam_centre.theses.queries import Defence, Taken, Waiting
from exam_centre.theses.rules import (
    AHEAD_OF_DEFENCE,
    ASSESSORS,
    DEFENCE_SENTENCES,
    NEXT_SENTENCES,
    OWN_NEXT_SENTENCES,
    PANEL_SENTENCES,
    SIMILARITY_LIMIT,
    THESIS_SENTENCES,
    TOPIC_SENTENCES,
    WRITING,
    AlreadyMarked,
    PanelRole,
    ThesisStatus,
    TopicStands,
    UnsoundPanel,
    WrongPercent,
    WrongScore,
)
from exam_centre.theses.views.base import Nobody, access, blueprint, colleague, done
from exam_centre.webkit.access import current_actor, requires
from exam_centre.webkit.database import reader
from exam_centre.webkit.form import SafeForm, show_refusal, typed
from exam_centre.webkit.paging import asked_window

ONGOING = [status for status in ThesisStatus if status is not ThesisStatus.FAILED]
LARGEST_PANEL = 7


@dataclass(frozen=True)
class Step:
    """One recorded step, as the timeline shows it."""

    at: datetime
    title: Sentence
    text: str
    people: list[str]
    kind: str = ""


@blueprint.get("/")
@requires(Permission.RUN_MARKING, Permission.ENTER_MARKS)
def list_theses() -> ResponseReturnValue:
    """Show the theses one manages, supervises or assesses, and those still to begin."""
    window, actor = asked_window("status"), current_actor()
    asked = request.args.get("status", "")
    lines, total = queries.thesis_lines(
        reader(),
        actor,
        text=window.text,
        status=ThesisStatus(asked) if asked in set(ThesisStatus) else None,
        offset=window.offset,
        limit=window.limit,
    )
    return render_template(
        "theses/list.html",
        page=window.page(lines, total),
        topics=queries.topics_waiting(reader(), actor),
        waiting=queries.entries_waiting(reader(), actor),
        status_names=THESIS_SENTENCES,
    )


@blueprint.route("/begin/<series>/<paper>/<person_no>", methods=["GET", "POST"])
@requires(Permission.RUN_MARKING)
def begin(series: str, paper: str, person_no: str) -> ResponseReturnValue:
    """Begin the thesis of a confirmed entry."""
    actor = current_actor()
    waiting = _waiting(series, paper, person_no)
    form = BeginForm.from_request()
    if form.submitted():
        try:
            supervisor = colleague(typed(form.supervisor))
            reader().rollback()
            with unit_of_work() as session:
                thesis = service.begin(
                    session,
                    actor,
                    session.get_one(Entry, waiting.entry_id),
                    title=typed(form.title),
                    supervisor=session.get_one(Person, supervisor.id),
                    at_work=bool(form.at_work.data),
                    now=clock.now(),
                )
            flash(_("The thesis has begun."), "success")
            return redirect(url_for(".thesis", thesis=thesis.token), 303)
        except (Nobody, UnsoundPanel, TopicStands) as refusal:
            show_refusal(form.supervisor, refusal)
    return render_template("theses/begin.html", form=form, waiting=waiting)


@blueprint.get("/mine")
@requires(Permission.SEE_OWN)
def mine() -> ResponseReturnValue:
    """Show the theses one writes, each with what to do next, and entries still to begin."""
    return render_template(
        "theses/mine.html",
        lines=queries.own_theses(reader(), current_actor()),
        waiting=queries.own_waiting(reader(), current_actor()),
        defences={
            each.thesis.id: each
            for each in queries.defences_ahead(reader(), current_actor().human(), clock.now())
        },
        topic_names=TOPIC_SENTENCES,
        kind_names=DEFENCE_SENTENCES,
        status_names=THESIS_SENTENCES,
        next_words=OWN_NEXT_SENTENCES,
    )


@blueprint.get("/<token:thesis>")
@requires(Permission.SEE_OWN, Permission.RUN_MARKING, Permission.ENTER_MARKS)
def thesis(thesis: str) -> ResponseReturnValue:
    """Show one thesis: where it stands, what comes next, and what happened."""
    return _page(queries.access_thesis(reader(), current_actor(), thesis))


@blueprint.post("/<token:thesis>/records")
@requires(Permission.ENTER_MARKS)
def record(thesis: str) -> ResponseReturnValue:
    """Keep a guidance."""
    form = RecordForm.from_request()
    if not form.submitted():
        return _page(access(thesis), form)
    with unit_of_work() as session:
        found = queries.access_thesis(session, current_actor(), thesis)
        service.record_stage(
            session,
            current_actor(),
            found,
            text=typed(form.text),
            completes=bool(form.completes.data),
            now=clock.now(),
        )
    return done(thesis, _("The guidance is on record."))


@blueprint.post("/<token:thesis>/similarity")
@requires(Permission.RUN_MARKING)
def similarity(thesis: str) -> ResponseReturnValue:
    """Keep a similarity report."""
    form = SimilarityForm.from_request()
    if form.submitted():
        try:
            percent = _number(typed(form.percent), WrongPercent)
            with unit_of_work() as session:
                found = queries.access_thesis(session, current_actor(), thesis)
                service.check_similarity(
                    session,
                    current_actor(),
                    found,
                    percent=percent,
                    text=typed(form.text),
                    now=clock.now(),
                )
            return done(thesis, _("The report is on record."))
        except WrongPercent as refusal:
            show_refusal(form.percent, refusal)
    return _page(access(thesis), form)


@blueprint.post("/<token:thesis>/panel")
@requires(Permission.RUN_MARKING)
def panel(thesis: str) -> ResponseReturnValue:
    """Seat the panel."""
    form = PanelForm.from_request()
    if form.submitted():
        field: Field = form.chair
        try:
            roles = {colleague(typed(form.chair)).id: PanelRole.CHAIR}
            field = form.members
            for number in typed(form.members).split()[: 2 * LARGEST_PANEL]:
                roles[colleague(number).id] = PanelRole.MEMBER
            field = form.secretary
            if typed(form.secretary):
                roles[colleague(typed(form.secretary)).id] = PanelRole.SECRETARY
            field = form.members
            reader().rollback()
            with unit_of_work() as session:
                found = queries.access_thesis(session, current_actor(), thesis)
                members = {session.get_one(Person, key): role for key, role in roles.items()}
                service.seat_panel(session, current_actor(), found, members, now=clock.now())
            return done(thesis, _("The panel is seated."))
        except (Nobody, UnsoundPanel, ConflictOfInterest) as refusal:
            show_refusal(field, refusal)
    return _page(access(thesis), form)


@blueprint.post("/<token:thesis>/mark")
@requires(Permission.ENTER_MARKS)
def mark(thesis: str) -> ResponseReturnValue:
    """Give one's own mark: the supervisor first, then the panel's assessors."""
    form = MarkForm.from_request()
    if form.submitted():
        try:
            score = _number(typed(form.score), WrongScore)
            with unit_of_work() as session:
                found = queries.access_thesis(session, current_actor(), thesis)
                service.mark_thesis(session, current_actor(), found, score=score, now=clock.now())
            return done(thesis, _("Your mark is kept."))
        except (WrongScore, AlreadyMarked) as refusal:
            show_refusal(form.score, refusal)
    return _page(access(thesis), form)


@blueprint.post("/<token:thesis>/finish")
@requires(Permission.RUN_MARKING)
def finish(thesis: str) -> ResponseReturnValue:
    """Close the thesis after its defence, or without one."""
    form = FinishForm.from_request()
    if not form.submitted():
        return _page(access(thesis), form)
    with unit_of_work() as session:
        found = queries.access_thesis(session, current_actor(), thesis)
        attended = form.absent.data != "yes"
        service.finish(session, current_actor(), found, attended=attended, now=clock.now())
    return done(thesis, _("The thesis is finished."))


def _page(found: Thesis, sent: SafeForm | None = None) -> str:
    actor = current_actor()
    members = queries.panel_of(reader(), found)
    marks = queries.marks_of(reader(), found)
    records = queries.records_of(reader(), found)
    candidate = queries.candidate_of(reader(), found)
    people = {found.supervisor_id, candidate, *(m.person_id for m in members)}
    names = names_of(reader(), people | {row.by_id for row in records})
    runs = actor.may(Permission.RUN_MARKING, queries.place_of_entry(reader(), found.entry_id))
    assessors = {m.person_id for m in members if m.role in ASSESSORS}
    is_over = found.status is ThesisStatus.FINAL
    advises = actor.person_id == found.supervisor_id
    is_own = actor.person_id == candidate
    # Whoever still has a mark to give sees nobody else's before it; who writes it sees none here,
    # for results are released all at once.
    chairs = any(m.role is PanelRole.CHAIR and m.person_id == actor.person_id for m in members)
    may_set = bool(members) and (runs or chairs) and found.status in AHEAD_OF_DEFENCE
    defence = queries.defence_of(reader(), found)
    to_mark = actor.person_id in assessors and actor.person_id not in marks and not is_over
    return render_template(
        "theses/thesis.html",
        thesis=found,
        candidate=names[candidate],
        names=names,
        members=members,
        is_own=is_own,
        next_words=(OWN_NEXT_SENTENCES if is_own else NEXT_SENTENCES)[found.status],
        marks={} if is_own else marks if (runs and not to_mark) or is_over else {
            key: score for key, score in marks.items() if key == actor.person_id
        },
        marked=set(marks),
        steps=[
            Step(row.at, THESIS_SENTENCES[row.stage], row.text, [names[row.by_id]])
            for row in records
        ],
        result=queries.result_of(reader(), found) if is_over and not is_own else None,
        runs=runs and not is_own,
        defence=defence,
        sits_then=_sits_then(found, candidate, defence) if may_set else None,
        may_set=may_set and not is_own,
        moved=queries.defences_before(reader(), found),
        kind_names=DEFENCE_SENTENCES,
        topic_names=TOPIC_SENTENCES,
        topics=queries.topics_of(reader(), [found.entry_id]).get(found.entry_id, []),
        guides=advises and found.status in WRITING,
        may_mark=(
            (advises and found.status is ThesisStatus.CHECKED)
            or (to_mark and found.status is ThesisStatus.ADVISED)
        ),
        may_finish=runs
        and found.status is ThesisStatus.ADVISED
        and bool(assessors)
        and assessors <= set(marks),
        may_fail_draft=runs
        and found.status is ThesisStatus.DRAFTED
        and (found.similarity or 0) > SIMILARITY_LIMIT,
        none_marked=not assessors & set(marks),
        completes=found.status in WRITING[:-1],
        forms=_forms(sent),
        ongoing=ONGOING,
        status_names=THESIS_SENTENCES,
        role_names=PANEL_SENTENCES,
        limit=SIMILARITY_LIMIT,
        status=ThesisStatus,
    )  # fmt: skip


def _sits_then(found: Thesis, candidate: int, defence: Defence | None) -> Taken | None:
    """Return the paper that a later timetable put over the defence, or None."""
    if defence is None or found.status not in AHEAD_OF_DEFENCE:
        return None
    slot = defence.slot
    return queries.sits_then(reader(), candidate, slot.starts_at, slot.ends_at)


def _forms(sent: SafeForm | None) -> dict[str, SafeForm]:
    """Return the page's forms, the one that was sent with what was typed."""
    kinds = {
        "record": RecordForm,
        "similarity": SimilarityForm,
        "panel": PanelForm,
        "mark": MarkForm,
        "finish": FinishForm,
    }
    return {
        name: sent if sent is not None and type(sent) is kind else kind(formdata=None)
        for name, kind in kinds.items()
    }


def _waiting(series: str, paper: str, person_no: str) -> Waiting:
    for each in queries.entries_waiting(reader(), current_actor()):
        if (each.series_code, each.paper_code, each.person_no) == (series, paper, person_no):
            return each
    raise NotFound(say("entry for a thesis"))


def _number(text: str, wrong: type[WrongPercent] | type[WrongScore]) -> Decimal:
    """Return what was typed as a number; the service looks at its size."""
    if not text.isascii() or not text.replace(".", "", 1).isdigit():
        raise wrong(text)
    try:
        return Decimal(text)
    except InvalidOperation as error:
        raise wrong(text) from error
