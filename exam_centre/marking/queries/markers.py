"""Who could mark what: markers by their reach, their load, their ties - and how they mark."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from statistics import fmean, pstdev
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from exam_centre.accounts.models import Person, RoleGrant, User
from exam_centre.accounts.queries import names_of, people_tied_to
from exam_centre.accounts.rules import UserStatus
from exam_centre.kernel.permissions import Actor, Grant, Place, Role
from exam_centre.marking.models import Allocation, Bundle, Mark, SecretCode
from exam_centre.marking.queries.bundles import candidates_in, people_at_work, place_of_bundle
from exam_centre.marking.queries.pages import bundle_ids
from exam_centre.marking.rules import FULL_MARK, AllocationStatus
from exam_centre.organisation.models import Unit

BINS = 10  # of ten marks each; the full mark counts to the last
STRETCHES = 8  # a marker's work in time order, for the drift
FEWEST_FOR_DRIFT = 16  # marks; below it a stretch is a script or two


@dataclass(frozen=True)
class MarkerChoice:
    """Somebody with the role of a marker."""

    person_id: int
    token: str
    name: str
    login: str
    load: int  # bundles given to them and not submitted
    grants: tuple[Grant, ...]

    def reaches(self, place: Place) -> bool:
        """Say whether their role covers a place."""
        return any(grant.covers(place) for grant in self.grants)


@dataclass(frozen=True)
class MarkerFigures:
    """How one marker marks in a series.

    drift  own marks minus the other marker's of the same scripts, the last quarter of the work
           against the first one; None below FEWEST_FOR_DRIFT pairs.
    """

    name: str
    count: int
    mean: float
    deviation: float
    bins: tuple[int, ...]  # BINS counts
    gaps: tuple[float, ...]  # mean difference to the other marker, by stretch of the work
    drift: float | None


def marker_choices(session: Session) -> list[MarkerChoice]:
    """Return everybody who holds the role of a marker now, least loaded first."""
    rows = session.execute(
        select(Person, User.login, RoleGrant, Unit.path)
        .join(User, User.person_id == Person.id)
        .join(RoleGrant, RoleGrant.user_id == User.id)
        .join(Unit, Unit.id == RoleGrant.unit_id)
        .where(
            RoleGrant.role == Role.MARKER,
            RoleGrant.revoked_at.is_(None),
            User.status == UserStatus.ACTIVE,
        )
        .order_by(User.id, RoleGrant.id)
    ).all()
    loads: dict[int, int] = dict(
        session.execute(
            select(Allocation.marker_id, func.count(Allocation.id))
            .where(Allocation.status == AllocationStatus.ALLOCATED)
            .group_by(Allocation.marker_id)
        ).all()
    )
    people: dict[int, tuple[Person, str, list[Grant]]] = {}
    for person, login, held, path in rows:
        grant = Grant(
            held.role, path, held.venue_id or None, held.series_id or None, held.room_id or None
        )
        people.setdefault(person.id, (person, login, []))[2].append(grant)
    found = [
        MarkerChoice(key, person.token, person.name, login, loads.get(key, 0), tuple(grants))
        for key, (person, login, grants) in people.items()
    ]
    return sorted(found, key=lambda choice: (choice.load, choice.name))


def suggest(
    session: Session, choices: Sequence[MarkerChoice], bundles: Sequence[Bundle]
) -> dict[int, list[MarkerChoice]]:
    """Return bundle id -> who could mark it, the best first: no earlier part, no tie, least load.

    A suggestion counts as load for the next bundle, so that the work is shared out.
    """
    load = {choice.person_id: choice.load for choice in choices}
    ties = {choice.person_id: set(people_tied_to(session, choice.person_id)) for choice in choices}
    suggested: dict[int, list[MarkerChoice]] = {}
    for bundle in bundles:
        place = place_of_bundle(session, bundle)
        taken = people_at_work(session, bundle)
        concerned = set(candidates_in(session, bundle))
        fit = [
            choice
            for choice in choices
            if choice.reaches(place)
            and choice.person_id not in taken | concerned
            and not ties[choice.person_id] & concerned
        ]
        fit.sort(key=lambda choice: (load[choice.person_id], choice.name))
        suggested[bundle.id] = fit
        if fit:
            load[fit[0].person_id] += 1
    return suggested


def find_marker(session: Session, token: str) -> Person | None:
    """Return the marker with this token, or None where nobody is or they mark no more."""
    known = {choice.token for choice in marker_choices(session)}
    if token not in known:
        return None
    return session.scalar(select(Person).where(Person.token == token))


def marker_figures(session: Session, actor: Actor, series_id: int) -> list[MarkerFigures]:
    """Return how the markers of a series mark, in the actor's reach, those with most marks first.

    Only numbers of the first two rounds count; a difference needs both rounds of a script.
    """
    rows: Sequence[Any] = session.execute(
        select(Mark.secret_code_id, Mark.round, Mark.marker_id, Mark.score)
        .join(SecretCode, SecretCode.id == Mark.secret_code_id)
        .where(
            SecretCode.bundle_id.in_(bundle_ids(session, actor, series_id)),
            Mark.round < 3,
            Mark.score.is_not(None),
        )
        .order_by(Mark.entered_at, Mark.id)
    ).all()
    scores = {(code, number): score for code, number, _, score in rows}
    given: dict[int, list[Decimal]] = {}
    gaps: dict[int, list[float]] = {}
    for code, number, marker_id, score in rows:
        given.setdefault(marker_id, []).append(score)
        other = scores.get((code, 3 - number))
        if other is not None:
            gaps.setdefault(marker_id, []).append(float(score - other))
    names = names_of(session, given)
    figures = [_figures(names[key], marks, gaps.get(key, [])) for key, marks in given.items()]
    return sorted(figures, key=lambda one: (-one.count, one.name))


def _figures(name: str, marks: Sequence[Decimal], gaps: Sequence[float]) -> MarkerFigures:
    bins = [0] * BINS
    for mark in marks:
        bins[min(int(mark * BINS / FULL_MARK), BINS - 1)] += 1
    enough = len(gaps) >= FEWEST_FOR_DRIFT
    quarter = len(gaps) // 4
    drift = fmean(gaps[-quarter:]) - fmean(gaps[:quarter]) if enough else None
    numbers = [float(mark) for mark in marks]
    stretches = [
        gaps[len(gaps) * n // STRETCHES : len(gaps) * (n + 1) // STRETCHES]
        for n in range(STRETCHES if enough else 0)
    ]
    return MarkerFigures(
        name=name,
        count=len(marks),
        mean=fmean(numbers),
        deviation=pstdev(numbers),
        bins=tuple(bins),
        gaps=tuple(fmean(part) for part in stretches),
        drift=drift,
    )
