"""The `flask` commands: thin shells over services, migrations, the trail, keys and the runner."""

import click

from exam_centre.cli.audit_trail import audit_trail
from exam_centre.cli.credits import credit_bank
from exam_centre.cli.database import database
from exam_centre.cli.door import door
from exam_centre.cli.itc2007 import itc2007
from exam_centre.cli.journey import journey
from exam_centre.cli.keys import keys
from exam_centre.cli.runner import job_runner, work_next
from exam_centre.cli.sealed import reproduce, sealed
from exam_centre.cli.timetable import timetable
from exam_centre.demo import commands as demo_commands

__all__ = ["GROUPS", "work_next"]

demo_commands.group.add_command(journey)
demo_commands.group.add_command(door)
timetable.add_command(itc2007)
timetable.add_command(sealed)
timetable.add_command(reproduce)

GROUPS: list[click.Group] = [
    database,
    audit_trail,
    keys,
    job_runner,
    timetable,
    credit_bank,
    demo_commands.group,
]
