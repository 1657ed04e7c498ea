"""Learning accounts and code maps: what a claim needs before it can be made."""

from dataclasses import dataclass

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from exam_centre.credits import jobs, service
from exam_centre.credits.forms import AccountForm, CodeForm, EmptyForm
from exam_centre.credits.models import CodeMap
from exam_centre.credits.queries import pages
from exam_centre.credits.rules import (
    LISTS,
    STARTERS,
    TOPICS,
    WORD_SENTENCES,
    AccountTaken,
    CodeNotListed,
    CreditsUnreadable,
    Destination,
    Topic,
    TopicNotAsked,
)
from exam_centre.credits.views.blueprint import blueprint
from exam_centre.credits.views.claims import SEES
from exam_centre.kernel import clock
from exam_centre.kernel import jobs as kernel_jobs
from exam_centre.kernel.database import unit_of_work
from exam_centre.kernel.errors import NotFound
from exam_centre.kernel.permissions import Permission
from exam_centre.kernel.sentences import Sentence
from exam_centre.webkit.access import current_actor, requires
from exam_centre.webkit.database import reader
from exam_centre.webkit.form import show_refusal, typed
from exam_centre.webkit.paging import asked_window

ZONE = "Asia/Shanghai"  # a code begins with a day here


@blueprint.route("/credits/accounts", methods=["GET", "POST"])
@requires(Permission.RUN_CREDITS)
def list_accounts() -> ResponseReturnValue:
    """List learning accounts, those the bank has not confirmed first; enter one."""
    actor = current_actor()
    form = AccountForm.from_request()
    if form.submitted():
        try:
            with unit_of_work() as session:
                person = pages.person_with_number(session, actor, typed(form.person_no))
                service.open_account(
                    session, actor, person, account_no=typed(form.account_no), now=clock.now()
                )
        except NotFound as refusal:
            show_refusal(form.person_no, refusal)
        except AccountTaken as refusal:
            show_refusal(form.account_no, refusal)
        else:
            flash(_("The account is kept. The bank is asked whose it is."), "success")
            return redirect(url_for(".list_accounts"), 303)
    window = asked_window()
    rows, total = pages.accounts_in_reach(
        reader(), actor, window.text, limit=window.limit, offset=window.offset
    )
    return render_template(
        "credits/accounts.html",
        page=window.page(rows, total),
        form=form,
        check=EmptyForm(formdata=None),
    )


@blueprint.post("/credits/accounts/check")
@requires(Permission.RUN_CREDITS)
def check_accounts() -> ResponseReturnValue:
    """Ask the runner to ask the bank about accounts it was never asked about."""
    actor = current_actor()
    if EmptyForm.from_request().submitted():
        with unit_of_work() as session:
            kernel_jobs.ask(session, actor, jobs.CHECK, {}, clock.now())
        flash(_("The bank is being asked."), "note")
    return redirect(url_for(".list_accounts"), 303)


@blueprint.route("/credits/codes", methods=["GET", "POST"])
@requires(*SEES)
def list_codes() -> ResponseReturnValue:
    """List what our words are called at each destination; a later code ends the one before."""
    actor = current_actor()
    asked = {name: request.args.get(name, "") for name in ("destination", "topic", "ours")}
    form = CodeForm.from_request(**{name: word for name, word in asked.items() if word})
    if form.submitted():
        actor.require(Permission.RUN_CREDITS)
        assert form.valid_from.data is not None, "the form asks for it"
        try:
            with unit_of_work() as session:
                service.add_code(
                    session,
                    actor,
                    destination=form.destination.data,
                    topic=form.topic.data,
                    ours=typed(form.ours),
                    theirs=typed(form.theirs),
                    valid_from=form.valid_from.data,
                    now=clock.now(),
                )
        except service.CodeNotLater as refusal:
            show_refusal(form.valid_from, refusal)
        except TopicNotAsked as refusal:
            show_refusal(form.topic, refusal)
        except (CodeNotListed, CreditsUnreadable) as refusal:
            show_refusal(form.theirs, refusal)
        else:
            flash(_("The code is kept."), "success")
            return redirect(url_for(".list_codes"), 303)
    return render_template(
        "credits/codes.html",
        maps=_by_destination(),
        form=form,
        empty=EmptyForm(formdata=None),
        may_run=actor.may(Permission.RUN_CREDITS),
        lacks_starters=_lacks_starters(),
    )


@blueprint.post("/credits/codes/starters")
@requires(Permission.RUN_CREDITS)
def add_starters() -> ResponseReturnValue:
    """Add the codes that are the same everywhere; those a university chose itself stay."""
    if EmptyForm.from_request().submitted():
        with unit_of_work() as session:
            now = clock.now()
            count = service.add_starters(
                session, current_actor(), valid_from=clock.at_venue(now, ZONE).date(), now=now
            )
        flash(_("%(count)s codes were added.", count=count), "success")
    return redirect(url_for(".list_codes"), 303)


@dataclass(frozen=True)
class TopicCodes:
    """One topic of a destination: where its words come from, what may stand, and what stands."""

    topic: Topic
    words: Sentence
    listed: dict[str, str]  # their code -> what it means; empty where any text may stand
    codes: tuple[CodeMap, ...]


def _lacks_starters() -> bool:
    known = {(row.destination, row.topic, row.ours) for row in pages.code_maps(reader())}
    return any(each[:3] not in known for each in STARTERS)


def _by_destination() -> list[tuple[Destination, list[TopicCodes]]]:
    kept: dict[tuple[str, str], list[CodeMap]] = {}
    for code in pages.code_maps(reader()):
        kept.setdefault((code.destination, code.topic), []).append(code)
    return [
        (
            destination,
            [
                TopicCodes(
                    topic,
                    WORD_SENTENCES[topic],
                    LISTS.get((destination, topic), {}),
                    tuple(kept.get((destination, topic), ())),
                )
                for topic in TOPICS[destination]
            ],
        )
        for destination in (
            Destination.COURSE_RESULTS,
            Destination.CONVERSION,
            Destination.CREDIT_BANK,
        )
    ]
