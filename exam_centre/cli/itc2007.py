"""`flask timetable itc2007`: a plan for an instance of the public examination benchmark."""

import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from exam_centre.cli.showing import tell
from exam_centre.timetable.service.itc2007 import NotAnInstance, plan_instance

DEFAULT_SECONDS = 60.0


@click.command("itc2007")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--seconds", type=click.FloatRange(min=0, min_open=True), help="CPU seconds.")
@click.option("--iterations", type=click.IntRange(min=1), help="Moves; the same plan each time.")
@click.option("--seed", type=click.IntRange(min=0), default=1, show_default=True)
@click.option("--out", required=True, type=click.Path(dir_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="One JSON object instead of lines.")
def itc2007(
    file: Path,
    seconds: float | None,
    iterations: int | None,
    seed: int,
    out: Path,
    as_json: bool,
) -> None:
    """Plan an examination instance of the 2007 timetabling competition; write its solution."""
    if seconds is None and iterations is None:
        seconds = DEFAULT_SECONDS
    with click.progressbar(length=1_000, label="Searching", file=sys.stderr) as bar:

        def show(done: int, total: int, _cost: int | None) -> None:
            bar.update(done * 1_000 // max(total, 1) - bar.pos)

        try:
            plan, solution = plan_instance(
                file.read_bytes(), seed=seed, seconds=seconds, iterations=iterations, progress=show
            )
        except NotAnInstance as error:
            raise click.ClickException(f"{file.name} is no such instance: {error}") from error
        except OSError as error:
            raise click.ClickException(f"{file.name} can not be read: {error.strerror}.") from error
        bar.update(1_000 - bar.pos)
    try:
        out.write_text(solution, encoding="ascii", newline="\n")
    except OSError as error:
        raise click.ClickException(f"{out} can not be written: {error.strerror}.") from error
    told: dict[str, Any] = {"instance": file.name, "seed": seed, "moves": plan.moves}
    told |= {"distance_to_feasibility": plan.violations.distance}
    told |= {"hard": asdict(plan.violations), "soft": asdict(plan.score)}
    told |= {"total": plan.score.total, "out": str(out)}
    tell(told, as_json)
