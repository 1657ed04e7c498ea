"""Papers, the courses they count for, and the versions of their schemes."""

from flask import (
    Blueprint,
    current_app,
    flash,
    jsonify,
    make_response,
    redirect,
    render_template,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from exam_centre.kernel import clock
from exam_centre.kernel.database import unit_of_work
from exam_centre.kernel.permissions import Permission
from exam_centre.organisation.queries import place_of_network
from exam_centre.organisation.rules import CodeTaken
from exam_centre.papers import queries, service
from exam_centre.papers.forms import ChangePaperForm, CourseForm, PaperForm, SchemeForm
from exam_centre.papers.models import Paper, Scheme
from exam_centre.papers.rules import (
    AREA_SENTENCES,
    BOOK_SENTENCES,
    LEVEL_SENTENCES,
    MODE_SENTENCES,
    ROUNDING_SENTENCES,
    BookRule,
    CourseFacts,
    Mode,
    Rounding,
    WrongCredits,
    WrongMinutes,
    WrongScheme,
    course_document,
)
from exam_centre.webkit.access import current_actor, public, requires
from exam_centre.webkit.database import reader
from exam_centre.webkit.errors import wants_json
from exam_centre.webkit.form import show_refusal, typed
from exam_centre.webkit.limits import limiter
from exam_centre.webkit.navigation import NavItem
from exam_centre.webkit.paging import asked_window

# Courses stand at the address that credentials name for ever, outside the papers' own.
blueprint = Blueprint("papers", __name__)


LOOKS_PER_ADDRESS = "120 per minute"
SEERS = (
    Permission.RUN_PAPERS,
    Permission.SEE_ORGANISATION,
    Permission.RUN_MARKING,
    Permission.READ_AUDIT,
)
NAVIGATION = (NavItem(_l("Papers"), "papers.list_papers", SEERS),)


@blueprint.get("/papers/")
@requires(*SEERS)
def list_papers() -> ResponseReturnValue:
    """Show the papers, and find one by its own or a course's name or code."""
    window = asked_window("mode")
    asked = window.kept.get("mode", "")
    mode = Mode(asked) if asked in set(Mode) else None
    papers, total = queries.list_papers(
        reader(), text=window.text, mode=mode, offset=window.offset, limit=window.limit
    )
    courses: dict[int, list[str]] = {}
    for course in queries.courses_of(reader(), [paper.id for paper in papers]):
        courses.setdefault(course.paper_id, []).append(course.code)
    return render_template(
        "papers/list.html",
        page=window.page(papers, total),
        mode=mode,
        modes=MODE_SENTENCES,
        books=BOOK_SENTENCES,
        courses=courses,
        may_run=_may_run(),
    )


@blueprint.get("/papers/<paper>")
@requires(*SEERS)
def show_paper(paper: str) -> ResponseReturnValue:
    """Show one paper, its courses, and every version of its scheme."""
    found = queries.access_paper(reader(), paper)
    schemes = queries.versions_of(reader(), found.id)
    return render_template(
        "papers/paper.html",
        paper=found,
        courses=queries.courses_of(reader(), [found.id]),
        schemes=schemes,
        modes=MODE_SENTENCES,
        books=BOOK_SENTENCES,
        levels=LEVEL_SENTENCES,
        areas=AREA_SENTENCES,
        roundings=ROUNDING_SENTENCES,
        may_run=_may_run(),
    )


@blueprint.get("/courses/<code>")
@limiter.limit(LOOKS_PER_ADDRESS)
@public
def show_course(code: str) -> ResponseReturnValue:
    """Show anybody what a course is and how it is assessed; programs get it as JSON."""
    course = queries.access_course(reader(), code)
    paper = reader().get_one(Paper, course.paper_id)
    schemes = queries.versions_of(reader(), paper.id)
    if wants_json():
        facts = CourseFacts(
            course.code,
            course.name,
            course.level,
            course.learning_area,
            course.credits,
            paper.mode,
            paper.minutes,
            paper.book_rule,
        )
        address = f"{current_app.config['EXAM_CENTRE'].public_url}/courses/{course.code}"
        versions = [(scheme.facts(), scheme.source) for scheme in schemes]
        response = jsonify(course_document(facts, versions, address))
        response.headers["Access-Control-Allow-Origin"] = "*"  # verifiers run in browsers, too
        response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    else:
        page = render_template(
            "papers/course.html",
            course=course,
            paper=paper,
            schemes=schemes,
            modes=MODE_SENTENCES,
            books=BOOK_SENTENCES,
            levels=LEVEL_SENTENCES,
            areas=AREA_SENTENCES,
            roundings=ROUNDING_SENTENCES,
        )
        response = make_response(page)
    response.vary.add("Accept")
    return response


@blueprint.route("/papers/add", methods=["GET", "POST"])
@requires(Permission.RUN_PAPERS)
def add_paper() -> ResponseReturnValue:
    """Add what can be sat."""
    form = PaperForm.from_request()
    if form.submitted():
        try:
            with unit_of_work() as session:
                service.add_paper(
                    session,
                    current_actor(),
                    code=typed(form.code),
                    name=typed(form.name),
                    mode=Mode(form.mode.data),
                    minutes=form.minutes.data,
                    book_rule=BookRule(form.book_rule.data),
                    material=typed(form.material),
                    now=clock.now(),
                )
            flash(_("The paper is added. Now say how its parts become an outcome."), "success")
            return redirect(url_for(".show_paper", paper=form.code.data), 303)
        except CodeTaken as refusal:
            show_refusal(form.code, refusal)
        except WrongMinutes as refusal:
            show_refusal(form.minutes, refusal)
    return render_template("papers/add_paper.html", form=form)


@blueprint.route("/papers/<paper>/change", methods=["GET", "POST"])
@requires(Permission.RUN_PAPERS)
def change_paper(paper: str) -> ResponseReturnValue:
    """Correct what a paper is; its code stays, and the trail keeps what it was."""
    found = queries.access_paper(reader(), paper)
    form = ChangePaperForm.from_request(
        name=found.name,
        mode=found.mode,
        minutes=found.minutes,
        book_rule=found.book_rule,
        material=found.material,
    )
    if form.submitted():
        try:
            with unit_of_work() as session:
                service.correct_paper(
                    session,
                    current_actor(),
                    queries.access_paper(session, paper),
                    name=typed(form.name),
                    mode=Mode(form.mode.data),
                    minutes=form.minutes.data,
                    book_rule=BookRule(form.book_rule.data),
                    material=typed(form.material),
                    now=clock.now(),
                )
            flash(_("The paper is corrected."), "success")
            return redirect(url_for(".show_paper", paper=paper), 303)
        except WrongMinutes as refusal:
            show_refusal(form.minutes, refusal)
    return render_template("papers/change_paper.html", form=form, paper=found)


@blueprint.route("/papers/<paper>/add-course", methods=["GET", "POST"])
@requires(Permission.RUN_PAPERS)
def add_course(paper: str) -> ResponseReturnValue:
    """Add a course that the paper counts for."""
    found = queries.access_paper(reader(), paper)
    form = CourseForm.from_request()
    if form.submitted() and form.credits.data is not None:
        try:
            with unit_of_work() as session:
                service.add_course(
                    session,
                    current_actor(),
                    queries.access_paper(session, paper),
                    code=typed(form.code),
                    name=typed(form.name),
                    level=form.level.data,
                    learning_area=form.learning_area.data,
                    credits=form.credits.data,
                    compulsory=bool(form.compulsory.data),
                    now=clock.now(),
                )
            flash(_("The course is added."), "success")
            return redirect(url_for(".show_paper", paper=paper), 303)
        except CodeTaken as refusal:
            show_refusal(form.code, refusal)
        except WrongCredits as refusal:
            show_refusal(form.credits, refusal)
    return render_template("papers/add_course.html", form=form, paper=found)


@blueprint.route("/papers/<paper>/set-scheme", methods=["GET", "POST"])
@requires(Permission.RUN_PAPERS)
def set_scheme(paper: str) -> ResponseReturnValue:
    """Write the next version of how the paper's parts become a composite."""
    found = queries.access_paper(reader(), paper)
    form = SchemeForm.from_request(**_as_typed(queries.versions_of(reader(), found.id)[:1]))
    percent, pass_mark = form.formative_percent.data, form.pass_mark.data
    if form.submitted() and percent is not None and pass_mark is not None:
        try:
            with unit_of_work() as session:
                service.set_scheme(
                    session,
                    current_actor(),
                    queries.access_paper(session, paper),
                    source=typed(form.source),
                    formative_percent=percent,
                    double_pass=bool(form.double_pass.data),
                    pass_mark=pass_mark,
                    precision=int(form.precision.data),
                    formative_gate=bool(form.formative_gate.data),
                    rounding=Rounding(form.rounding.data),
                    now=clock.now(),
                )
            flash(_("The new version holds for outcomes computed from now on."), "success")
            return redirect(url_for(".show_paper", paper=paper), 303)
        except WrongScheme as refusal:
            show_refusal(form.formative_percent, refusal)
    return render_template("papers/set_scheme.html", form=form, paper=found)


def _as_typed(newest: list[Scheme]) -> dict[str, object]:
    """Return the newest version as the form's fields hold it; its source is not carried on."""
    return {
        name: value
        for scheme in newest
        for name, value in {
            "formative_percent": scheme.formative_percent,
            "pass_mark": scheme.pass_mark,
            "precision": str(scheme.precision),
            "rounding": scheme.rounding,
            "double_pass": scheme.double_pass,
            "formative_gate": scheme.formative_gate,
        }.items()
    }


def _may_run() -> bool:
    return current_actor().may(Permission.RUN_PAPERS, place_of_network(reader()))
