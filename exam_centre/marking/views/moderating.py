"""A moderator's pages: bundles to sample, reading a sample blind, ending the moderation."""

from decimal import Decimal

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from exam_centre.kernel import clock
from exam_centre.kernel.database import unit_of_work
from exam_centre.kernel.errors import NotFound
from exam_centre.kernel.permissions import Permission
from exam_centre.kernel.sentences import say
from exam_centre.marking import queries, service
from exam_centre.marking.forms import ActForm, OwnMarkForm, SeedForm
from exam_centre.marking.models import Bundle, Moderation
from exam_centre.marking.queries import pages
from exam_centre.marking.rules import BundleStatus, WrongMark, read_mark
from exam_centre.marking.rules.words import BUNDLE_NAMES, ROUND_NAMES, WHY_SAMPLED, grouped
from exam_centre.marking.views.base import blueprint
from exam_centre.webkit.access import current_actor, requires
from exam_centre.webkit.database import reader
from exam_centre.webkit.form import show_refusal, typed


@blueprint.get("/samples")
@requires(Permission.MODERATE)
def samples() -> ResponseReturnValue:
    """Show the bundles with final marks: those to sample, and one's own samples."""
    lines = pages.moderation_lines(reader(), current_actor())
    mine = [(line, drawn, read) for line, drawn, read, own in lines if own]
    free = [line for line, drawn, _read, _own in lines if drawn == 0]
    return render_template("marking/samples.html", mine=mine, free=free, grouped=grouped)


@blueprint.route("/samples/<token:bundle>", methods=["GET", "POST"])
@requires(Permission.MODERATE)
def sample(bundle: str) -> ResponseReturnValue:
    """Read a sample: the others' marks appear only beside one's own."""
    found = queries.access_bundle(reader(), current_actor(), bundle)
    form = OwnMarkForm.from_request()
    if form.submitted():
        try:
            return _give(found, form)
        except WrongMark as refusal:
            show_refusal(form.score, refusal)
    return _page(found, form)


@blueprint.post("/samples/<token:bundle>/draw")
@requires(Permission.MODERATE)
def draw_sample(bundle: str) -> ResponseReturnValue:
    """Draw the sample with a seed."""
    actor, now, form = current_actor(), clock.now(), SeedForm.from_request()
    found = queries.access_bundle(reader(), actor, bundle)
    if not form.submitted():
        return _page(found, OwnMarkForm(formdata=None), form)
    reader().rollback()
    with unit_of_work() as session:
        found = queries.access_bundle(session, actor, bundle)
        drawn = service.draw_sample(session, actor, found, seed=typed(form.seed), now=now)
    if drawn:
        flash(_("The sample is drawn. Read each script before you see its marks."), "success")
    else:
        flash(_("No script of this bundle has a number, so there is nothing to read."), "note")
    return redirect(url_for(".sample", bundle=bundle), 303)


@blueprint.post("/samples/<token:bundle>/end")
@requires(Permission.MODERATE)
def end_moderation(bundle: str) -> ResponseReturnValue:
    """End the moderation of a bundle whose sample is read."""
    actor, now = current_actor(), clock.now()
    with unit_of_work(serializable=True) as session:
        found = queries.access_bundle(session, actor, bundle)
        service.pass_moderation(session, actor, found, now=now)
        drawn = queries.moderations_of(session, found)
        sent_back = any(row.verdict == "sent_back" for row in drawn)
    if sent_back:
        flash(_("Moderation ended. The office sends the bundle back to marking."), "attend")
    else:
        flash(_("Moderation ended. The bundle can be approved."), "success")
    return redirect(url_for(".samples"), 303)


def _give(found: Bundle, form: OwnMarkForm) -> ResponseReturnValue:
    actor, now = current_actor(), clock.now()
    score = read_mark(typed(form.score), queries.rules_of_bundle(reader(), found).decimals)
    token = found.token
    reader().rollback()
    with unit_of_work() as session:
        bundle = queries.access_bundle(session, actor, token)
        row = _own_row(queries.sample_of(session, bundle, actor.human()), typed(form.code))
        moderation = session.get_one(Moderation, row)
        service.moderate(session, actor, moderation, score=Decimal(score), now=now)
        agrees = moderation.verdict == "agrees"
        sample = queries.sample_of(session, bundle, actor.human())
        given = next(line for line in sample if line.moderation_id == row)
    facts = {
        "code": grouped(given.code),
        "own": typed(form.score),
        "others": " / ".join(given.others),
    }
    if agrees:
        words = _("%(code)s: you %(own)s, the markers %(others)s. Within the tolerance.", **facts)
        flash(words, "success")
    else:
        words = _(
            "%(code)s: you %(own)s, the markers %(others)s. Beyond the tolerance: this script "
            "goes back to marking.",
            **facts,
        )
        flash(words, "attend")
    return redirect(url_for(".sample", bundle=token), 303)


def _own_row(lines: list[queries.SampleLine], code: str) -> int:
    for line in lines:
        if line.code == code:
            return line.moderation_id
    raise NotFound(say("script in your sample"))


def _page(found: Bundle, form: OwnMarkForm, seed_form: SeedForm | None = None) -> str:
    lines = queries.sample_of(reader(), found, current_actor().human())
    drawn = queries.moderations_of(reader(), found)
    return render_template(
        "marking/sample.html",
        bundle=found,
        line=pages.line_of(reader(), found),
        lines=lines,
        is_drawn=bool(drawn),
        is_open=found.status is BundleStatus.FINAL,
        unread=sum(row.own is None for row in lines),
        form=form,
        wrong_code=typed(form.code) if request.method == "POST" else "",
        seed_form=seed_form or SeedForm(formdata=None),
        act_form=ActForm(formdata=None),
        why=WHY_SAMPLED,
        round_names=ROUND_NAMES,
        bundle_names=BUNDLE_NAMES,
        grouped=grouped,
    )
