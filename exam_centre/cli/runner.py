"""`flask jobs`: the runner of jobs, and what it does by the clock."""

from functools import partial

from flask.cli import AppGroup

from config import Config
from exam_centre.accounts import jobs as accounts_jobs
from exam_centre.adapters.queue import Planned, Queue
from exam_centre.cli.audit_trail import seal_day
from exam_centre.cli.showing import current_config
from exam_centre.credits import jobs as credit_jobs
from exam_centre.kernel import jobs


def day_schedule(config: Config) -> list[Planned]:
    """Return what the runner does by the clock; the hours are UTC, eight behind the venues."""
    return [
        Planned("seal_day", partial(seal_day, config.keys_dir), minute="50", hour="15"),
        Planned("push_claims", credit_jobs.push_if_possible, minute="*"),
        Planned("claim_credits", credit_jobs.claim_everywhere, minute="20"),
        Planned("check_accounts", credit_jobs.check_if_possible, minute="10"),
        Planned("compare_ledgers", credit_jobs.reconcile_if_possible, minute="30", hour="18"),
    ]


def work_next() -> bool:
    """Do the next thing that waits: texts first, for somebody waits for a code. False: nothing."""
    return accounts_jobs.deliver_due() > 0 or jobs.run_next()


job_runner = AppGroup("jobs", help="The job runner.")


@job_runner.command("run")
def run() -> None:
    """Run jobs and the day's schedule until told to stop."""
    config = current_config()
    Queue(config.jobs_path, work_next, day_schedule(config)).run()
