"""Who may do what and where: the rule, and the same rule as a condition of a query."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import create_engine, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from exam_centre.kernel.errors import Forbidden
from exam_centre.kernel.permissions import (
    ROLE_PERMISSIONS,
    SENTENCES,
    SYSTEM,
    Actor,
    Grant,
    Permission,
    Place,
    Role,
    everywhere,
    within,
)


class Own(DeclarativeBase):
    pass


class Thing(Own):
    """Something that lies at a place."""

    __tablename__ = "things"

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_path: Mapped[str]
    venue_id: Mapped[int | None]
    series_id: Mapped[int | None]
    room_id: Mapped[int | None]


@pytest.fixture(scope="module")
def engine():
    made = create_engine("sqlite://")
    Own.metadata.create_all(made)
    yield made
    made.dispose()


@st.composite
def worlds(draw):
    """Draw a tree of units (child -> parent), things in it, and a person's grants."""
    size = draw(st.integers(1, 25))
    parents = {1: None, **{n: draw(st.integers(1, n - 1)) for n in range(2, size + 1)}}
    unit = st.integers(1, size)
    number = st.none() | st.integers(1, 3)
    things = draw(st.lists(st.tuples(unit, number, number, number), max_size=25))
    grants = draw(
        st.lists(st.tuples(st.sampled_from(Role), unit, number, number, number), max_size=5)
    )
    wanted = draw(st.lists(st.sampled_from(Permission), min_size=1, max_size=3))
    return parents, things, grants, wanted


def path(parents: dict, unit: int) -> str:
    above = "/" if parents[unit] is None else path(parents, parents[unit])
    return f"{above}{unit}/"


def is_at_or_below(parents: dict, unit: int | None, top: int) -> bool:
    while unit is not None and unit != top:
        unit = parents[unit]
    return unit == top


def reaches(parents: dict, grant: tuple, thing: tuple, wanted: list) -> bool:
    """The oracle: walks up the tree of units, and compares the rest one by one."""
    role, top, *narrowed = grant
    return (
        any(permission in ROLE_PERMISSIONS[role] for permission in wanted)
        and is_at_or_below(parents, thing[0], top)
        and all(mine is None or mine == its for mine, its in zip(narrowed, thing[1:], strict=True))
    )


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(world=worlds())
def test_a_query_answers_with_exactly_what_the_grants_reach(engine, world):
    parents, things, grants, wanted = world
    actor = Actor(1, 1, "A", tuple(Grant(g[0], path(parents, g[1]), *g[2:]) for g in grants))
    expected = {
        n
        for n, thing in enumerate(things, 1)
        if any(reaches(parents, g, thing, wanted) for g in grants)
    }
    condition = within(
        actor,
        wanted,
        unit_path=Thing.unit_path,
        venue_id=Thing.venue_id,
        series_id=Thing.series_id,
        room_id=Thing.room_id,
    )
    with Session(engine) as session:
        session.add_all(
            Thing(id=n, unit_path=path(parents, t[0]), venue_id=t[1], series_id=t[2], room_id=t[3])
            for n, t in enumerate(things, 1)
        )
        session.flush()
        found = set(session.scalars(select(Thing.id).where(condition)))
        by_rule = {
            thing.id
            for thing in session.scalars(select(Thing))
            if any(
                actor.may(
                    permission,
                    Place(thing.unit_path, thing.venue_id, thing.series_id, thing.room_id),
                )
                for permission in wanted
            )
        }

    assert found == expected
    assert by_rule == expected


def test_unit_14_is_not_below_unit_1_4():
    grant = Grant(Role.EXAM_OFFICER, "/1/4/")

    assert grant.covers(Place("/1/4/9/"))
    assert not grant.covers(Place("/1/14/"))
    assert not grant.covers(Place("/1/"))


@pytest.mark.parametrize("narrowed", ["venue_id", "series_id", "room_id"])
def test_a_narrowed_grant_reaches_nothing_through_a_query_that_can_not_tell(engine, narrowed):
    actor = Actor(1, 1, "A", (Grant(Role.EXAM_OFFICER, "/", **{narrowed: 1}),))
    condition = within(actor, [Permission.RUN_PAPERS], unit_path=Thing.unit_path)

    with Session(engine) as session:
        session.add(Thing(id=1, unit_path="/1/", **{narrowed: 1}))
        session.flush()
        assert session.scalars(select(Thing).where(condition)).all() == []


def test_whoever_holds_no_grant_reaches_nothing_and_may_nothing(engine):
    for actor in (SYSTEM, Actor(1, 1, "A")):
        assert not any(actor.may(permission) for permission in Permission)
        condition = within(actor, list(Permission), unit_path=Thing.unit_path)
        with Session(engine) as session:
            session.add(Thing(id=1, unit_path="/1/"))
            session.flush()
            assert session.scalars(select(Thing).where(condition)).all() == []


def test_every_permission_has_a_sentence_and_somebody_who_holds_it():
    assert set(SENTENCES) == set(Permission)
    assert set().union(*ROLE_PERMISSIONS.values()) == set(Permission)
    assert set(ROLE_PERMISSIONS) == set(Role)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (Permission.COMPUTE_OUTCOMES, Permission.APPROVE_RESULTS),
        (Permission.APPROVE_RESULTS, Permission.RELEASE_RESULTS),
        (Permission.ENTER_MARKS, Permission.MODERATE),
        (Permission.RUN_ACCOUNTS, Permission.READ_AUDIT),
    ],
)
def test_no_single_role_holds_two_steps_of_a_chain(one, other):
    assert not [role for role, held in ROLE_PERMISSIONS.items() if {one, other} <= held]


def test_a_refusal_says_which_act_it_was():
    with pytest.raises(Forbidden) as refused:
        Actor(1, 1, "A").require(Permission.RELEASE_RESULTS)

    assert "release outcomes." in str(refused.value)


def test_the_system_is_no_human():
    with pytest.raises(Forbidden):
        SYSTEM.human()
    assert Actor(7, 1, "A").human() == 7


def test_a_grant_everywhere_covers_every_place():
    actor = Actor(1, 1, "A", everywhere(Role.AUDITOR))

    assert actor.may(Permission.READ_AUDIT, Place("/1/4/9/", 2, 3, 4))
    assert not actor.may(Permission.RUN_SYSTEM, Place("/1/"))
