"""Every lifecycle as the database keeps it: what is not in the flow is refused to plain SQL."""

from typing import Any

import pytest
from sqlalchemy.exc import IntegrityError

from deploy.drawing import metadata
from exam_centre.kernel.database import Base
from exam_centre.kernel.flow import Flow
from exam_centre.kernel.guards import as_rows, declared, flow_guard
from tests.promises.rows import World, batch_of


def flows() -> dict[str, Flow[Any]]:
    """Return every table with a lifecycle, and the flow its class declares."""
    metadata()
    found = {m.local_table.name: getattr(m.class_, "flow", None) for m in Base.registry.mappers}
    return {name: flow for name, flow in sorted(found.items()) if flow is not None}


def test_every_table_with_a_status_that_moves_has_the_guard_of_its_flow():
    guards = {guard.name: guard for guard in declared(metadata())}
    for table, flow in flows().items():
        wanted = flow_guard(table, as_rows(flow))
        assert guards.get(wanted.name) == wanted, table


def row_in(world: World, table: str, status: str) -> Any:
    if table != "outcomes":
        return world.add(table, status=status)
    # In a released batch, so that nothing but the flow keeps it from being released.
    first = "approved" if status == "released" else status
    key = world.add(table, status=first)
    batch_of(world, key, "released")
    world.set(table, key, status=status)
    return key


def refusal_of(world: World, table: str, key: Any, status: str) -> str:
    """Return what the database says against a new status, or nothing."""
    try:
        world.set(table, key, status=status)
    except IntegrityError as refused:
        return str(refused.orig)
    return ""


@pytest.mark.parametrize("table", flows())
def test_a_status_moves_along_its_flow_and_no_other_way_even_by_sql(world, table):
    flow = flows()[table]
    promise = f"{table}_status_moves_along_its_flow"
    for old in flow.statuses:
        key = row_in(world, table, old.value)
        for new in flow.statuses:
            if new is old or flow.allows(old, new):
                continue
            with world.refuses(promise):
                world.set(table, key, status=new)
        assert world.value(table, key, "status") == old.value


@pytest.mark.parametrize("table", flows())
def test_every_move_of_a_flow_gets_past_the_guard_of_the_flow(world, table):
    flow = flows()[table]
    for old in flow.statuses:
        key = row_in(world, table, old.value)
        for new in flow.moves[old]:
            with world.undone():
                refusal = refusal_of(world, table, key, new)
                # Other promises may want more than a status: a second person, a counted script.
                assert "moves_along_its_flow" not in refusal, (old, new)
