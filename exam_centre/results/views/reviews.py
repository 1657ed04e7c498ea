"""Review before a release: draw a seeded sample, read each outcome of it."""

from decimal import Decimal

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from exam_centre.calendar.queries import access_series
from exam_centre.kernel import clock
from exam_centre.kernel.database import unit_of_work
from exam_centre.kernel.errors import NotFound, Refusal
from exam_centre.kernel.permissions import Permission
from exam_centre.kernel.sentences import say
from exam_centre.papers.models import Scheme
from exam_centre.results import queries, service
from exam_centre.results.forms import DrawForm, ReviewForm
from exam_centre.results.queries import pages
from exam_centre.results.rules import Tier
from exam_centre.results.rules.steps import steps_of
from exam_centre.results.views.blueprint import blueprint
from exam_centre.webkit.access import current_actor, requires
from exam_centre.webkit.database import reader
from exam_centre.webkit.form import show_refusal, typed

REVIEWS = (Permission.COMPUTE_OUTCOMES, Permission.APPROVE_RESULTS)


@blueprint.route("/series/<code>/reviews", methods=["GET", "POST"])
@requires(*REVIEWS)
def list_reviews(code: str) -> ResponseReturnValue:
    """List what is drawn for review; who computes outcomes draws the sample here."""
    session, actor = reader(), current_actor()
    series = access_series(session, actor, code)
    form = DrawForm.from_request()
    may_draw = actor.may(Permission.COMPUTE_OUTCOMES)
    if form.submitted():
        with unit_of_work() as writer:
            drawn = service.draw_review(
                writer,
                actor,
                access_series(writer, actor, code),
                tier=Tier(form.tier.data),
                seed=typed(form.seed),
                percent=form.percent.data or Decimal(0),
                now=clock.now(),
            )
            count = len(drawn)
        flash(_("%(count)s outcomes are drawn for this level.", count=count), "success")
        return redirect(url_for(".list_reviews", code=code), 303)
    samples = pages.samples_of(session, actor, series.id)
    return render_template(
        "results/reviews.html", series=series, samples=samples, form=form, may_draw=may_draw
    )


@blueprint.route("/outcomes/<token:token>/review/<tier>", methods=["GET", "POST"])
@requires(*REVIEWS)
def review(token: str, tier: str) -> ResponseReturnValue:
    """Read one drawn outcome step by step and say whether it is right."""
    session, actor = reader(), current_actor()
    outcome = queries.access_outcome(session, actor, token)
    sample = pages.find_sample(session, outcome, tier)
    if sample is None:
        raise NotFound(say("review"))
    form = ReviewForm.from_request()
    if form.submitted():
        try:
            with unit_of_work() as writer:
                mine = queries.access_outcome(writer, actor, token)
                drawn = pages.find_sample(writer, mine, tier)
                assert drawn is not None, "a sample is never taken away"
                service.review(
                    writer,
                    actor,
                    drawn,
                    agrees=form.agrees.data == "yes",
                    note=typed(form.note),
                    now=clock.now(),
                )
        except Refusal as refusal:
            show_refusal(form.agrees, refusal)
        else:
            flash(_("The review is kept."), "success")
            code = pages.series_of(session, outcome).code
            return redirect(url_for(".list_reviews", code=code), 303)
    scheme = session.get_one(Scheme, outcome.scheme_id)
    return render_template(
        "results/review.html",
        row=pages.row_of_outcome(session, outcome),
        series=pages.series_of(session, outcome),
        sample=sample,
        explanation=queries.explanation_of(outcome),
        steps=steps_of(outcome.parts, scheme.facts(), outcome.score),
        form=form,
        may_review=actor.may(Permission.APPROVE_RESULTS) and sample.agrees is None,
    )
