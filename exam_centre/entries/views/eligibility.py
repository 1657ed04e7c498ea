"""The entries of a series: who may be confirmed, who not and why, and the acts on all of them."""

from collections import Counter

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from exam_centre.calendar.queries import access_series, deadlines_of
from exam_centre.calendar.queries import list_series as series_in_reach
from exam_centre.calendar.rules import DeadlineKind, SeriesStatus
from exam_centre.entries import jobs as room_jobs
from exam_centre.entries import queries, service
from exam_centre.entries.rules import ASSESSABLE, RULE_SENTENCES, EntryStatus
from exam_centre.entries.views.blueprint import SEERS, blueprint
from exam_centre.kernel import clock, jobs
from exam_centre.kernel.database import unit_of_work
from exam_centre.kernel.jobs import Job, JobStatus
from exam_centre.kernel.permissions import Permission
from exam_centre.kernel.sentences import Sentence
from exam_centre.webkit.access import current_actor, requires
from exam_centre.webkit.acting import done
from exam_centre.webkit.database import reader
from exam_centre.webkit.form import ActForm
from exam_centre.webkit.paging import asked_window

FEW = 500  # entries that are judged within the request; more is for the runner
UNDER_WAY = (JobStatus.WAITING, JobStatus.RUNNING)
# What is wrong stands first, what is over last.
ORDER = (
    EntryStatus.INELIGIBLE,
    EntryStatus.REQUESTED,
    EntryStatus.ELIGIBLE,
    EntryStatus.CONFIRMED,
    EntryStatus.BARRED,
    EntryStatus.DEFERRED,
    EntryStatus.WITHDRAWN,
)
EXPLAINED = (EntryStatus.BARRED, EntryStatus.DEFERRED, EntryStatus.WITHDRAWN)


@blueprint.get("/series")
@requires(*SEERS)
def list_series() -> ResponseReturnValue:
    """Choose the series whose entries to look at."""
    counts = queries.count_entries(reader(), current_actor())
    series = series_in_reach(reader(), current_actor())
    return render_template(
        "entries/series.html",
        lines=[(each, counts.get(each.id, {})) for each in series],
        order=ORDER,
    )


@blueprint.get("/series/<code>")
@requires(*SEERS)
def show_series(code: str) -> ResponseReturnValue:
    """List a series' entries by status, with the reasons against them and what to do."""
    session, actor = reader(), current_actor()
    series = access_series(session, actor, code)
    window = asked_window("status", "rule")
    counts = queries.count_entries(session, actor).get(series.id, Counter())
    asked = request.args.get("status", "")
    status = EntryStatus(asked) if asked in set(EntryStatus) else None
    if not asked and not window.text:
        status = next((each for each in ORDER if counts.get(each)), None)
    rule = request.args.get("rule", "")
    rule = rule if rule in RULE_SENTENCES else ""
    lines, total = queries.list_entries(
        session,
        actor,
        series,
        status=status,
        rule=rule,
        text=window.text,
        offset=window.offset,
        limit=window.limit,
    )
    ids = [line.entry.id for line in lines]
    job = _job(room_jobs.ASSESS, series.id) or _job(room_jobs.CONFIRM, series.id)
    return render_template(
        "entries/eligibility.html",
        series=series,
        page=window.page(lines, total),
        counts=[(each, counts[each]) for each in ORDER if counts.get(each)],
        status=status,
        rule=rule,
        reasons=queries.count_reasons(session, actor, series).most_common()
        if status is EntryStatus.INELIGIBLE
        else [],
        courses=queries.courses_of_entries(session, ids),
        against={
            entry_id: [Sentence(found.text, found.facts) for found in rows]
            for entry_id, rows in queries.against(session, ids).items()
        },
        why=queries.reasons_of(session, ids) if status in EXPLAINED else {},
        to_judge=len(queries.ids_in_reach(session, actor, series, ASSESSABLE)),
        unjudged=counts.get(EntryStatus.REQUESTED, 0),
        to_confirm=len(queries.ids_in_reach(session, actor, series, [EntryStatus.ELIGIBLE])),
        may_enter=actor.may(Permission.ENTER_CANDIDATES) and series.status is SeriesStatus.OPEN,
        deadline=deadlines_of(session, series.id).get(DeadlineKind.ENTRIES),
        now=clock.now(),
        job=job,
        is_confirming=job is not None and job.kind == room_jobs.CONFIRM,
        form=ActForm(formdata=None),
    )


@blueprint.post("/series/<code>/assess")
@requires(Permission.ENTER_CANDIDATES)
def assess_series(code: str) -> ResponseReturnValue:
    """Judge every entry of the series that waits for it; very many by the runner."""
    actor = current_actor()
    series = access_series(reader(), actor, code)
    if not ActForm.from_request().submitted():
        return redirect(url_for(".show_series", code=code), 303)
    if len(queries.ids_in_reach(reader(), actor, series, ASSESSABLE)) > FEW:
        return _later(room_jobs.ASSESS, series.id, code)
    reader().rollback()
    with unit_of_work() as session:
        own = access_series(session, actor, code)
        found = service.assess_all(session, actor, own, now=clock.now())
    against = found[EntryStatus.INELIGIBLE]
    flash(
        ngettext("One entry is assessed.", "%(num)s entries are assessed.", found.total()),
        "success",
    )
    if against:
        flash(
            ngettext(
                "One is not eligible. Its reason stands below.",
                "%(num)s are not eligible. Their reasons stand below.",
                against,
            ),
            "attend",
        )
    return redirect(url_for(".show_series", code=code), 303)


@blueprint.post("/series/<code>/confirm")
@requires(Permission.ENTER_CANDIDATES)
def confirm_series(code: str) -> ResponseReturnValue:
    """Confirm every eligible entry of the series; very many by the runner."""
    actor = current_actor()
    series = access_series(reader(), actor, code)
    if not ActForm.from_request().submitted():
        return redirect(url_for(".show_series", code=code), 303)
    if len(queries.ids_in_reach(reader(), actor, series, [EntryStatus.ELIGIBLE])) > FEW:
        return _later(room_jobs.CONFIRM, series.id, code)
    reader().rollback()
    with unit_of_work() as session:
        own = access_series(session, actor, code)
        number = service.confirm_all(session, actor, own, now=clock.now())
    words = ngettext("One entry is confirmed.", "%(num)s entries are confirmed.", number)
    return done(words, ".show_series", code=code, status=EntryStatus.CONFIRMED.value)


def _later(kind: str, series_id: int, code: str) -> ResponseReturnValue:
    actor = current_actor()
    if _job(kind, series_id) is None:
        with unit_of_work() as session:
            arguments = {"series": series_id, "user": actor.user_id}
            jobs.ask(session, actor, kind, arguments, clock.now())
    return done(_("The entries are worked through."), ".show_series", "note", code=code)


def _job(kind: str, series_id: int) -> Job | None:
    """Return the work on a series' entries that is under way, or None."""
    found = queries.job_of_import(reader(), kind, "series", series_id)
    return found if found is not None and found.status in UNDER_WAY else None
