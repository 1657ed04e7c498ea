"""Candidates by hand: enrolled, their consent noted, entered for one paper."""

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from wtforms import Field

from exam_centre.accounts.rules import (
    IdType,
    NameDiffers,
    WrongIdNumber,
    WrongName,
    WrongPhone,
)
from exam_centre.accounts.service import Registration
from exam_centre.calendar.models import Series
from exam_centre.calendar.queries import access_series, list_series
from exam_centre.calendar.rules import DeadlinePassed, SeriesNotOpen, SeriesStatus
from exam_centre.entries import jobs as room_jobs
from exam_centre.entries import queries, service
from exam_centre.entries.forms import ChoosePaperForm, ConsentForm, EnrolForm, EnterForm
from exam_centre.entries.models import Candidate
from exam_centre.entries.rules import (
    CourseEnteredTwice,
    CourseNotOfPaper,
    EntryBarred,
    NoCourses,
    PersonNoTaken,
    TakeType,
    WrongPersonNo,
)
from exam_centre.entries.views.blueprint import ASKERS, blueprint, way_to_candidate
from exam_centre.kernel import clock
from exam_centre.kernel.errors import NotFound, Refusal
from exam_centre.kernel.permissions import Permission
from exam_centre.kernel.sentences import say
from exam_centre.organisation.queries import access_unit, units_within
from exam_centre.organisation.rules import CodeTaken
from exam_centre.papers.models import Course, Paper
from exam_centre.papers.queries import courses_of, find_paper
from exam_centre.venues.models import Venue
from exam_centre.webkit.access import current_actor, requires
from exam_centre.webkit.acting import done, saving
from exam_centre.webkit.database import reader
from exam_centre.webkit.form import ActForm, typed


@blueprint.route("/candidates/new", methods=["GET", "POST"])
@requires(Permission.ENTER_CANDIDATES)
def enrol() -> ResponseReturnValue:
    """Enrol one candidate; files bring whole rosters."""
    actor = current_actor()
    form = EnrolForm.from_request()
    units = units_within(reader(), actor, [Permission.ENTER_CANDIDATES])
    form.unit.choices = [(unit.code, f"{unit.name} {unit.code}") for unit in units]
    if form.submitted():
        refused_at: dict[type[Refusal], Field] = {
            NotFound: form.unit,
            WrongPersonNo: form.person_no,
            PersonNoTaken: form.person_no,
            CodeTaken: form.person_no,
            WrongName: form.name,
            NameDiffers: form.name,
            WrongIdNumber: form.id_no,
            WrongPhone: form.phone,
        }
        reader().rollback()
        with saving(refused_at) as session:
            candidate = service.take_on_candidate(
                session,
                actor,
                room_jobs.vault().load_seal(),
                Registration(
                    typed(form.name),
                    IdType(form.id_type.data),
                    typed(form.id_no),
                    typed(form.phone),
                ),
                access_unit(session, actor, form.unit.data),
                person_no=typed(form.person_no),
                consented_on=form.consented_on.data,
                now=clock.now(),
            )
            number, consents = candidate.person_no, candidate.consented_on is not None
        if not form.errors:
            words = _(
                "%(name)s is enrolled under %(number)s.", name=typed(form.name), number=number
            )
            if consents or actor.may(Permission.APPROVE_ENTRIES):
                return done(words, ".show_candidate", person_no=number)
            return done(words, ".list_candidates")
    return render_template("entries/enrol.html", form=form)


@blueprint.route("/candidates/<person_no>/consent", methods=["GET", "POST"])
@requires(Permission.ENTER_CANDIDATES)
def note_consent(person_no: str) -> ResponseReturnValue:
    """Note the consent that a candidate gave on paper."""
    actor = current_actor()
    candidate = queries.access_candidate(reader(), actor, person_no)
    person, _unit = queries.person_and_unit(reader(), candidate)
    form = ConsentForm.from_request()
    if form.submitted():
        day = form.on.data or clock.now().date()
        if day > clock.now().date():
            form.on.errors = [_("This day is still to come.")]
        else:
            with saving() as session:
                own = queries.access_candidate(session, actor, person_no)
                service.give_consent(session, actor, own, on=day, now=clock.now())
            return done(_("The consent is on record."), ".show_candidate", person_no=person_no)
    way = way_to_candidate(candidate, person.name)
    return render_template("entries/consent.html", form=form, name=person.name, way=way)


@blueprint.post("/candidates/<person_no>/agree")
@requires(*ASKERS)
def agree(person_no: str) -> ResponseReturnValue:
    """Agree to the use of one's own data, today."""
    actor = current_actor()
    if ActForm.from_request().submitted():
        with saving() as session:
            own = queries.access_candidate(session, actor, person_no)
            if own.person_id != actor.human():
                raise NotFound(say("candidate"))
            service.give_consent(session, actor, own, on=clock.now().date(), now=clock.now())
    return done(_("Thank you. Your consent is on record."), ".show_mine")


@blueprint.route("/candidates/<person_no>/enter", methods=["GET", "POST"])
@requires(Permission.ENTER_CANDIDATES)
def enter(person_no: str) -> ResponseReturnValue:
    """Enter a candidate for one paper: choose it first, then its courses."""
    session, actor = reader(), current_actor()
    candidate = queries.access_candidate(session, actor, person_no)
    person, _unit = queries.person_and_unit(session, candidate)
    choose = ChoosePaperForm(request.args if request.args else None)
    series = [each for each in list_series(session, actor) if each.status is SeriesStatus.OPEN]
    choose.series.choices = [(each.code, each.name) for each in series]
    paper = None
    if request.args and choose.validate():
        paper = find_paper(session, typed(choose.paper).upper())
        if paper is None:
            choose.paper.errors = [_("There is no paper with this code. Papers lists them all.")]
    form = None
    if paper is not None:
        chosen = access_series(session, actor, choose.series.data or "")
        form, entry = _enter(candidate, paper, chosen)
        if entry:
            words = _("%(name)s is entered. Assess the entry next.", name=person.name)
            return done(words, ".show_entry", entry=entry)
    return render_template(
        "entries/enter.html",
        choose=choose,
        form=form,
        paper=paper,
        name=person.name,
        has_series=bool(series),
        way=way_to_candidate(candidate, person.name),
    )


def _enter(candidate: Candidate, paper: Paper, series: Series) -> tuple[EnterForm, str]:
    """Return the form of the second step, and the entry's token once it was made."""
    actor = current_actor()
    courses = courses_of(reader(), [paper.id])
    form = EnterForm.from_request(attempt=1)
    form.courses.choices = [(each.code, f"{each.name} {each.code}") for each in courses]
    venues = queries.venues_of_series(reader(), series)
    form.venue.choices = [("", _("no wish")), *((each.code, each.name) for each in venues)]
    if len(courses) == 1 and not form.is_submitted():
        form.courses.data = [courses[0].code]
    if not form.submitted():
        return form, ""
    refused_at: dict[type[Refusal], Field] = {
        NoCourses: form.courses,
        CourseNotOfPaper: form.courses,
        CourseEnteredTwice: form.courses,
        EntryBarred: form.courses,
        SeriesNotOpen: form.courses,
        DeadlinePassed: form.courses,
    }
    wanted = {each.id for each in courses if each.code in (form.courses.data or [])}
    wish = next((each.id for each in venues if each.code == form.venue.data), None)
    reader().rollback()
    with saving(refused_at) as session:
        entry = service.enter(
            session,
            actor,
            session.get_one(Candidate, candidate.id),
            session.get_one(Paper, paper.id),
            session.get_one(Series, series.id),
            [session.get_one(Course, course_id) for course_id in sorted(wanted)],
            attempt=form.attempt.data or 1,
            take_type=TakeType(form.take_type.data),
            preferred_venue=session.get_one(Venue, wish) if wish else None,
            now=clock.now(),
        )
    return form, "" if form.errors else entry.token
