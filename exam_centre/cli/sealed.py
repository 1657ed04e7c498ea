"""`flask timetable sealed` and `reproduce`: an allocation for strangers to repeat."""

import sys
from pathlib import Path
from typing import Any

import click

from exam_centre.cli.showing import series_called, tell
from exam_centre.cli.timetable import named_plan
from exam_centre.kernel.database import reading
from exam_centre.kernel.errors import Refusal
from exam_centre.timetable.service.reproducing import allocation_file, file_sha256
from exam_centre.timetable.service.reproducing import reproduce as search_anew


@click.command("sealed")
@click.option("--series", "code", required=True, help="Code of the series.")
@click.option("--plan", "number", type=click.IntRange(min=1), help="Its number; else the newest.")
@click.option("--out", required=True, type=click.Path(dir_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="One JSON object instead of lines.")
def sealed(code: str, number: int | None, out: Path, as_json: bool) -> None:
    """Write all that a plan's search was told, so that `reproduce` can repeat it."""
    with reading() as session:
        plan = named_plan(session, series_called(session, code), number)
        try:
            content = allocation_file(session, plan)
        except Refusal as refusal:
            raise click.ClickException(str(refusal)) from refusal
        told: dict[str, Any] = {"series": code, "plan": plan.number, "out": str(out)}
    try:
        out.write_bytes(content)
    except OSError as error:
        raise click.ClickException(f"{out} can not be written: {error.strerror}.") from error
    tell(told | {"bytes": len(content), "sha256": file_sha256(content)}, as_json)


@click.command("reproduce")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="One JSON object instead of lines.")
def reproduce(file: Path, as_json: bool) -> None:
    """Search anew what FILE tells, without a database; exit with 1 where anything differs."""
    try:
        content = file.read_bytes()
        again = search_anew(content)
    except OSError as error:
        raise click.ClickException(f"{file.name} can not be read: {error.strerror}.") from error
    except Refusal as refusal:
        raise click.ClickException(str(refusal)) from refusal
    told: dict[str, Any] = {"series": again.series, "plan": again.plan, "same": again.same}
    told |= {"entries": again.entries, "placed": again.placed, "sha256": file_sha256(content)}
    told |= {"problem_sha256": again.problem_sha256, "placing_sha256": again.placing_sha256}
    told |= {"differences": [str(sentence) for sentence in again.differences]}
    tell(told, as_json)
    if not again.same:
        sys.exit(1)
