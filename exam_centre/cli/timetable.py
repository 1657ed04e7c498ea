"""`flask timetable`: planning a series from the shell."""

import csv
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click
from flask.cli import AppGroup
from sqlalchemy.orm import Session

from exam_centre.accounts import service as accounts
from exam_centre.calendar import queries as calendar
from exam_centre.calendar.models import Series
from exam_centre.cli.showing import series_called, tell
from exam_centre.kernel import clock
from exam_centre.kernel.database import reading, unit_of_work
from exam_centre.kernel.permissions import Actor, Permission
from exam_centre.timetable import queries as planned
from exam_centre.timetable import service as planning
from exam_centre.timetable.models import Plan
from exam_centre.timetable.queries import Problem
from exam_centre.timetable.rules import PROBLEM_WORDS

SHOWN_PROBLEMS = 20  # named one by one; the counts are of all

timetable = AppGroup("timetable", help="Planning a series.")


def _planner(session: Session, series: Series, login: str | None) -> Actor:
    """Return who plans from the shell: the user named, or the first who may plan the series."""
    place = calendar.place_of_series(session, series.id)
    for user in planned.users_who_plan(session, login):
        actor = accounts.actor_of(session, user)
        if actor.may(Permission.PLAN_TIMETABLE, place):
            return actor
    raise click.ClickException("Nobody may plan this series: grant the role exam officer first.")


def named_plan(session: Session, series: Series, number: int | None) -> Plan:
    """Return a plan by its number, or the newest. Raises ClickException, NotFound."""
    found = (
        planned.newest_plan(session, series.id)
        if number is None
        else planned.plan_of_number(session, series.id, number)
    )
    if found is None:
        raise click.ClickException(f"Series {series.code} has no plan yet.")
    return found


@timetable.command("solve")
@click.option("--series", "code", required=True, help="Code of the series.")
@click.option("--seconds", type=click.FloatRange(min=0, min_open=True), help="CPU seconds.")
@click.option("--iterations", type=click.IntRange(min=1), help="Moves; the same plan each time.")
@click.option("--seed", type=click.IntRange(min=0), help="Instead of the two people's parts.")
@click.option("--lock", type=click.IntRange(min=1), help="Number of a plan whose places stay.")
@click.option("--by", "login", help="Login of who plans; else the first who may.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object instead of lines.")
def solve_timetable(
    code: str,
    seconds: float | None,
    iterations: int | None,
    seed: int | None,
    lock: int | None,
    login: str | None,
    as_json: bool,
) -> None:
    """Search for a plan of a series and write it into its newest draft, or into a new one."""
    with unit_of_work() as session:
        series = series_called(session, code)
        actor = _planner(session, series, login)
        plan = planned.newest_plan(session, series.id, only_draft=True)
        plan = plan or planning.draft_plan(session, actor, series, now=clock.now())
        parts = planned.seed_parts(session, plan)
        if seed is None:
            seed = planning.seed_for(session, plan) if len(parts) == 2 else 1
        locked = planned.plan_of_number(session, series.id, lock) if lock else None
        prepared = planning.prepare(session, actor, plan, lock=locked)
        plan_id = plan.id
    with click.progressbar(length=1_000, label="Searching", file=sys.stderr) as bar:

        def show(done: int, total: int, _score: object) -> None:
            bar.update(done * 1_000 // max(total, 1) - bar.pos)

        prepared, found = planning.search(
            prepared, seed=seed, seconds=seconds, iterations=iterations, progress=show
        )
        bar.update(1_000 - bar.pos)
    with unit_of_work() as session:
        plan = session.get_one(Plan, plan_id)
        solved = planning.keep(session, actor, plan, prepared, found, now=clock.now())
        told: dict[str, Any] = {"series": code, "plan": plan.number, "seed": seed}
        told |= {"sealed": plan.result_sha256}
        told |= {"moves": found.moves, "complete": found.complete}
        told |= {"written": asdict(solved.written), "score": asdict(found.score)}
    tell(told, as_json)


def _in_words(session: Session, problems: Sequence[Problem]) -> Iterator[str]:
    """Yield each violation with the rows it is about, as people know them."""
    words = planned.subjects_in_words(session, problems)
    for problem in problems:
        rows = " / ".join(str(words.get(subject, subject)) for subject in problem.subjects)
        yield f"{PROBLEM_WORDS.get(problem.kind, problem.kind)}: {rows}"


@timetable.command("check")
@click.option("--series", "code", required=True, help="Code of the series.")
@click.option("--plan", "number", type=click.IntRange(min=1), help="Its number; else the newest.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object instead of lines.")
def check_timetable(code: str, number: int | None, as_json: bool) -> None:
    """Check a plan independently of whatever made it; exit with 1 where a rule is broken."""
    with reading() as session:
        series = series_called(session, code)
        plan = named_plan(session, series, number)
        problems = planned.problems(session, plan)
        hard = dict(planned.problem_counts(problems))
        law = planned.law_entries(session, plan)
        worth = planned.worth_of(session, plan)
        told: dict[str, Any] = {
            "series": code,
            "plan": plan.number,
            "hard": hard | dict(worth.broken),
            "law": {"left": law.left, "right": law.right, "green": law.green},
            "soft": asdict(worth.score),
            "first": list(_in_words(session, problems[:SHOWN_PROBLEMS])),
        }
    tell(told, as_json)
    if told["hard"] or not law.green:
        sys.exit(1)


@timetable.command("export")
@click.option("--series", "code", required=True, help="Code of the series.")
@click.option("--plan", "number", type=click.IntRange(min=1), help="Its number; else the newest.")
@click.option("--out", required=True, type=click.Path(dir_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="One JSON object instead of a line.")
def export_timetable(code: str, number: int | None, out: Path, as_json: bool) -> None:
    """Write a plan as CSV, one line an entry course."""
    with reading() as session, out.open("w", encoding="utf-8", newline="") as file:
        plan = named_plan(session, series_called(session, code), number)
        writer = csv.writer(file)
        writer.writerow(planned.COLUMNS)
        lines = 0
        for line in planned.export_lines(session, plan):
            writer.writerow(line)
            lines += 1
        told = {"series": code, "plan": plan.number, "lines": lines, "out": str(out)}
    tell(told, as_json)
