"""Bags: packed, handed over with two blind counts, opened by two, counted, sealed again."""

from collections.abc import Callable
from functools import partial
from types import SimpleNamespace

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from exam_centre.accounts.queries import names_of
from exam_centre.accounts.service import second_person
from exam_centre.adapters.pdf import Document, Fonts, draw
from exam_centre.custody import documents, queries, service
from exam_centre.custody.forms import (
    HandForm,
    OpenForm,
    PackForm,
    PaperCountForm,
    SealForm,
    SettleForm,
)
from exam_centre.custody.models import Bag, HandOver
from exam_centre.custody.rules import AT_REST, KIND_WORDS, STATUS_WORDS, BagKind, BagStatus
from exam_centre.kernel import clock
from exam_centre.kernel.database import unit_of_work
from exam_centre.kernel.errors import NotFound, Refusal
from exam_centre.kernel.permissions import Actor, Permission
from exam_centre.kernel.sentences import Sentence, say
from exam_centre.timetable.queries import access_room_session
from exam_centre.timetable.queries.whereabouts import papers_of_rooms, room_spots
from exam_centre.webkit.access import current_actor, requires
from exam_centre.webkit.database import reader
from exam_centre.webkit.form import SafeForm, typed
from exam_centre.webkit.languages import language, said
from exam_centre.webkit.navigation import NavItem
from exam_centre.webkit.paging import asked_window
from exam_centre.webkit.printing import as_pdf, assets_dir
from exam_centre.webkit.second_person import second_signs

blueprint = Blueprint("custody", __name__, url_prefix="/custody")

NAVIGATION: tuple[NavItem, ...] = (NavItem(_l("Bags"), "custody.list_bags", queries.SEES),)
ON_THE_PAGE = ("conflict", "bad_input")  # refusals a page can be sent again after
PAPERS = BagKind.PAPERS


@blueprint.context_processor
def words() -> dict[str, object]:
    """Give every page of the room the words for its kinds and statuses."""
    return {"kind_words": KIND_WORDS, "status_words": STATUS_WORDS, "Status": BagStatus}


@blueprint.get("/")
@requires(*queries.SEES)
def list_bags() -> ResponseReturnValue:
    """List bags: in dispute, on their way, one's own, then the rest."""
    window = asked_window()
    actor = current_actor()
    lines, total = queries.bags_in_scope(
        reader(), actor, text=window.text, limit=window.limit, offset=window.offset
    )
    return render_template("custody/bags.html", page=window.page(lines, total), me=actor.person_id)


@blueprint.get("/rooms/<token:room>")
@requires(*queries.SEES)
def list_room(room: str) -> ResponseReturnValue:
    """List the bags of a room session, and what was not packed yet."""
    session, actor = reader(), current_actor()
    row = access_room_session(session, actor, room)
    bags = queries.bags_of_room(session, row.id)
    return render_template(
        "custody/room.html",
        spot=room_spots(session, [row.id])[row.id],
        lines=queries.bag_lines(session, [bag.id for bag in bags]),
        papers=papers_of_rooms(session, [row.id]).get(row.id, []),
        may_pack=actor.may(Permission.HAND_OVER),
    )


@blueprint.route("/rooms/<token:room>/pack", methods=["GET", "POST"])
@requires(Permission.HAND_OVER)
def pack(room: str) -> ResponseReturnValue:
    """Pack and seal a bag of one paper."""
    session = reader()
    row = access_room_session(session, current_actor(), room)
    papers = papers_of_rooms(session, [row.id]).get(row.id, [])
    form = PackForm(papers)
    if form.submitted():
        sittings = {paper.code: paper.sitting_id for paper in papers}
        try:
            with unit_of_work() as writer:
                bag = service.pack(
                    writer,
                    current_actor(),
                    BagKind(form.kind.data),
                    row.id,
                    sittings[form.paper.data],
                    seal_no=typed(form.seal_no),
                    count=form.count.data or 0,
                    now=clock.now(),
                )
                token = bag.token
            flash(_("The bag is sealed. You hold it."), "success")
            return redirect(url_for(".show_bag", bag=token), 303)
        except Refusal as refusal:
            _tell(refusal)
    return render_template(
        "custody/pack.html", form=form, spot=room_spots(session, [row.id])[row.id]
    )


@blueprint.get("/bags/<token:bag>")
@requires(*queries.SEES)
def show_bag(bag: str) -> ResponseReturnValue:
    """Show a bag: what can be done with it now, and who held it."""
    session, actor = reader(), current_actor()
    row = queries.access_bag(session, actor, bag)
    chain = queries.hand_overs_of(session, row.id)
    count = queries.paper_count_of(session, row.id)
    people = {p for h in chain for p in (h.sender_id, h.receiver_id) if p} | {row.holder_id}
    people |= {p for p in (row.opened_by_id, row.opening_witness_id) if p}
    names = names_of(session, people)
    seen = queries.sees_counts(row, chain, count, actor.person_id)
    return render_template(
        "custody/bag.html",
        bag=row,
        line=queries.bag_lines(session, [row.id])[0],
        names=names,
        steps=_chain(row, chain, names, seen),
        count=count if seen else None,
        sees_counts=seen,
        acts=_acts(row, chain, actor),
    )


@blueprint.route("/bags/<token:bag>/send", methods=["GET", "POST"])
@requires(Permission.HAND_OVER)
def send(bag: str) -> ResponseReturnValue:
    """Hand a bag over, with one's own count."""
    form = HandForm.from_request()
    act = partial(service.send, count=form.count.data or 0, seal_no=typed(form.seal_no))
    title = say("Hand this bag over")
    hint = say("Count again now. Whoever takes the bag counts too, and does not see your number.")
    return _act(bag, form, act, title, say("Hand the bag over"), _done_sent, hint=hint)


@blueprint.route("/bags/<token:bag>/take", methods=["GET", "POST"])
@requires(Permission.HAND_OVER)
def take(bag: str) -> ResponseReturnValue:
    """Take a bag, with one's own count, before the other one is shown."""
    form = HandForm.from_request()
    act = partial(service.take, count=form.count.data or 0, seal_no=typed(form.seal_no))
    title = say("Take this bag")
    hint = say("Count for yourself before you type. What the sender counted is shown afterwards.")
    return _act(bag, form, act, title, say("Take the bag"), _done_taken, seal=True, hint=hint)


@blueprint.route("/bags/<token:bag>/settle", methods=["GET", "POST"])
@requires(Permission.CLOSE_DAY)
def settle(bag: str) -> ResponseReturnValue:
    """End a dispute, as a third person."""
    form = SettleForm.from_request()
    act = partial(
        service.settle_dispute,
        count=form.count.data or 0,
        seal_no=typed(form.seal_no),
        reason=typed(form.reason),
    )
    title = say("Settle the dispute")
    hint = say("Neither who sent the bag nor who took it settles the difference.")
    done = partial(_done, say("The dispute is settled."))
    return _act(bag, form, act, title, title, done, seal=True, hint=hint)


@blueprint.route("/bags/<token:bag>/open", methods=["GET", "POST"])
@second_signs
@requires(Permission.HAND_OVER)
def open_bag(bag: str) -> ResponseReturnValue:
    """Open a bag of papers, two people together."""
    form = OpenForm.from_request()
    prove = partial(second_person, reader(), current_actor())
    second = form.second(prove) if form.submitted() else None
    act = partial(service.open_bag, second=second) if second else None
    title = say("Open this bag")
    hint = say("Both of you compare day, time, paper and seal with the label before you cut it.")
    done = partial(_done, say("The bag is open. Two people signed."))
    return _act(bag, form, act, title, say("Open the bag"), done, seal=True, hint=hint)


@blueprint.route("/bags/<token:bag>/count", methods=["GET", "POST"])
@requires(Permission.HAND_OVER)
def count_papers(bag: str) -> ResponseReturnValue:
    """Count what became of a bag's papers."""
    form = PaperCountForm.from_request()
    act = partial(
        service.count_papers,
        used=form.used.data or 0,
        spare=form.spare.data or 0,
        damaged=form.damaged.data or 0,
    )
    title = say("Count the papers of this bag")
    hint = say("All three numbers, also where one is 0. A sum that differs is kept, and shown.")
    done = partial(_done, say("The papers are counted."))
    return _act(bag, form, act, title, say("Keep this count"), done, hint=hint)


@blueprint.route("/bags/<token:bag>/reseal", methods=["GET", "POST"])
@requires(Permission.HAND_OVER)
def reseal(bag: str) -> ResponseReturnValue:
    """Seal what is left in the bag."""
    form = SealForm.from_request()
    act = partial(service.reseal, seal_no=typed(form.seal_no))
    title = say("Seal the bag again")
    hint = say("Spare and damaged papers go back in, under a new seal.")
    done = partial(_done, say("The bag is sealed again. You hold it."))
    return _act(bag, form, act, title, title, done, seal=True, hint=hint)


@blueprint.get("/bags/<token:bag>/hand-over.pdf")
@requires(*queries.SEES)
def print_slip(bag: str) -> ResponseReturnValue:
    """Print the bag's hand-over slip: lines for each count, no number filled in."""
    session = reader()
    row = queries.access_bag(session, current_actor(), bag)
    chain = queries.hand_overs_of(session, row.id)
    names = names_of(session, [p for h in chain for p in (h.sender_id, h.receiver_id) if p])
    line = queries.bag_lines(session, [row.id])[0]
    return _pdf(documents.hand_over_slip(line, chain, names, language=language()))


@blueprint.get("/bags/<token:bag>/packing-list.pdf")
@requires(*queries.SEES)
def print_packing_list(bag: str) -> ResponseReturnValue:
    """Print the bag's packing list; the count stands on it only for who counted it."""
    session, actor = reader(), current_actor()
    row = queries.access_bag(session, actor, bag)
    chain = queries.hand_overs_of(session, row.id)
    count = queries.paper_count_of(session, row.id)
    seen = queries.sees_counts(row, chain, count, actor.person_id)
    line = queries.bag_lines(session, [row.id])[0]
    return _pdf(documents.packing_list(line, sees_count=seen, language=language()))


@blueprint.get("/bags/<token:bag>/cover.pdf")
@requires(*queries.SEES)
def print_cover(bag: str) -> ResponseReturnValue:
    """Print the cover of a bag of scripts; its numbers only for those who counted it."""
    session, actor = reader(), current_actor()
    row = queries.access_bag(session, actor, bag)
    if row.kind is not BagKind.SCRIPTS:
        raise NotFound(say("bag of scripts"))
    chain = queries.hand_overs_of(session, row.id)
    seen = queries.sees_counts(row, chain, None, actor.person_id)
    papers = papers_of_rooms(session, [row.room_session_id]).get(row.room_session_id, [])
    seats = sum(paper.seats for paper in papers if paper.sitting_id == row.sitting_id)
    line = queries.bag_lines(session, [row.id])[0]
    return _pdf(documents.script_bag_cover(line, seats, sees_count=seen, language=language()))


@blueprint.get("/rooms/<token:room>/box.pdf")
@requires(*queries.SEES)
def print_box(room: str) -> ResponseReturnValue:
    """Print what lies in the box of a room: its bags and papers, to tick on the way in and out."""
    session = reader()
    row = access_room_session(session, current_actor(), room)
    bags = queries.bags_of_room(session, row.id)
    if not bags:
        raise NotFound(say("bag"))
    lines = queries.bag_lines(session, [bag.id for bag in bags])
    return _pdf(documents.box_list(lines, number=f"BX-{row.token[:8]}", language=language()))


def _act(
    token: str,
    form: SafeForm,
    act: Callable[..., object] | None,
    title: Sentence,
    button: Sentence,
    done: Callable[[Bag], None],
    *,
    seal: bool = False,
    hint: Sentence,
) -> ResponseReturnValue:
    """Show the form of one act on a bag, or do it. `act` None: the second person did not sign."""
    row = queries.access_bag(reader(), current_actor(), token)
    if act is not None and form.submitted():
        try:
            with unit_of_work() as session:
                mine = queries.access_bag(session, current_actor(), token)
                act(session, current_actor(), mine, now=clock.now())
            done(mine)
            return redirect(url_for(".show_bag", bag=token), 303)
        except Refusal as refusal:
            _tell(refusal)
    return render_template(
        "custody/act.html",
        bag=row,
        line=queries.bag_lines(reader(), [row.id])[0],
        form=form,
        title=title,
        button=button,
        seal=seal,
        hint=hint,
    )


def _done(sentence: Sentence, _bag: Bag) -> None:
    flash(said(sentence), "success")


def _done_sent(_bag: Bag) -> None:
    flash(_("The bag is on its way. It is yours until somebody takes it."), "success")


def _done_taken(bag: Bag) -> None:
    if bag.status is BagStatus.DISPUTED:
        flash(
            _("Counts or seals differ. The bag goes nowhere until a third person settles it."),
            "problem",
        )
    else:
        flash(_("Counts and seal agree. You hold the bag."), "success")


def _tell(refusal: Refusal) -> None:
    if refusal.kind not in ON_THE_PAGE:
        raise refusal
    flash(said(refusal.sentence), "problem")


def _acts(bag: Bag, chain: list[HandOver], actor: Actor) -> list[str]:
    """Return what this person may do with the bag now, the usual act first."""
    sender = next((row.sender_id for row in chain if row.received_at is None), None)
    at_rest = bag.status in AT_REST
    is_open = bag.day_closed_at is None
    fits = {
        "take": bag.status is BagStatus.IN_TRANSIT and sender != actor.person_id,
        "settle": bag.status is BagStatus.DISPUTED,
        "open": at_rest and bag.kind is PAPERS and bag.opened_at is None and is_open,
        "count": bag.kind is PAPERS and (bag.status is BagStatus.OPENED or at_rest) and is_open,
        "reseal": bag.status is BagStatus.OPENED,
        "send": at_rest and bag.holder_id == actor.person_id,
    }
    needs = {"settle": Permission.CLOSE_DAY}
    return [a for a, ok in fits.items() if ok and actor.may(needs.get(a, Permission.HAND_OVER))]


def _chain(
    bag: Bag, chain: list[HandOver], names: dict[int, str], seen: bool
) -> list[SimpleNamespace]:
    """Return each time the bag changed hands, and its opening, as the timeline shows them."""
    steps = []
    for row in chain:
        giver = names[row.sender_id]
        text: Sentence | str = ""
        if seen and row.receiver_count is not None:
            text = say(
                "Given: {sent}, seal {sent_seal}. Taken: {taken}, seal {taken_seal}.",
                sent=row.sender_count,
                sent_seal=row.seal_no,
                taken=row.receiver_count,
                taken_seal=row.receiver_seal_no,
            )
        differs = row.receiver_count is not None and (
            row.receiver_count != row.sender_count or row.seal_no != row.receiver_seal_no
        )
        taker = names[row.receiver_id] if row.receiver_id else None
        title = (
            say("{giver} to {taker}", giver=giver, taker=taker)
            if taker
            else say("{giver} handed it over; nobody took it yet", giver=giver)
        )
        kind = "no" if differs else "yes" if taker else "attend"
        at = row.received_at or row.sent_at
        steps.append(SimpleNamespace(at=at, title=title, text=text, people=[], kind=kind))
    if bag.opened_at and bag.opened_by_id and bag.opening_witness_id:
        people = [names[bag.opened_by_id], names[bag.opening_witness_id]]
        opened = say("Opened by two people")
        steps.append(
            SimpleNamespace(at=bag.opened_at, title=opened, text="", people=people, kind="seal")
        )
    return sorted(steps, key=lambda step: step.at)


def _pdf(document: Document) -> ResponseReturnValue:
    return as_pdf(draw(document, Fonts.from_assets(assets_dir())), document.number)
