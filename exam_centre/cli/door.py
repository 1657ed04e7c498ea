"""`flask demo door`: an open door with slips and a device, for whoever tries load on it."""

from pathlib import Path

import click
from flask.cli import with_appcontext

from exam_centre.admission.service import slip_keys
from exam_centre.cli.keys import make_lacking
from exam_centre.cli.showing import current_config
from exam_centre.demo.door import OpenDoorMaker
from exam_centre.kernel import clock
from exam_centre.kernel.sealing import load_seal

MOST_SLIPS = 20_000
TOKEN, SLIPS = "token.txt", "slips.txt"


@click.command("door")
@click.option("--slips", type=click.IntRange(1, MOST_SLIPS), required=True, help="How many people.")
@click.option(
    "--out",
    required=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="The folder for token.txt and slips.txt.",
)
@with_appcontext
def door(slips: int, out: Path) -> None:
    """Make a venue whose door stands open for 36 hours, with a slip for everybody.

    Writes token.txt (the device's secret, readable by the owner alone) and slips.txt (what each
    QR says, one a line). Every call makes another venue, people and device.
    """
    config = current_config()
    make_lacking(config.keys_dir)
    maker = OpenDoorMaker(
        load_seal(config.keys_dir), slip_keys(config.keys_dir), clock.now(), _tell
    )
    made = maker.make(slips)
    out.mkdir(parents=True, exist_ok=True)
    (out / TOKEN).touch(mode=0o600)
    (out / TOKEN).write_text(made.secret + "\n")
    (out / SLIPS).write_text("".join(f"{text}\n" for text in made.slips))
    click.echo(f"{len(made.slips)} people in {made.rooms} rooms of one venue.")
    click.echo(f"{out / TOKEN}: the device, for Authorization: Bearer")
    click.echo(f"{out / SLIPS}: one slip a line, for POST {config.public_url}/api/v1/door/scans")


def _tell(step: str, done: int, total: int) -> None:
    """Show how far it is, beside the output."""
    click.echo(f"\r{step}: {done} of {total}    ", nl=done >= total, err=True)
