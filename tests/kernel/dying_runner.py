"""A runner in a process of its own, for tests that end it: says that it began, then works on."""

import sys
import time
from datetime import timedelta
from pathlib import Path

from exam_centre.kernel import database, jobs


def main(url: str, began: str, lease_seconds: str) -> None:
    """Run the next job of the database at `url`, which never ends."""
    database.connect(database.make_engine(url))

    @jobs.job("test.work")
    def never_end(_arguments: object, progress: jobs.Progress) -> None:
        progress(1, 2)
        Path(began).touch()
        while True:
            time.sleep(0.05)

    jobs.run_next(timedelta(seconds=float(lease_seconds)))


if __name__ == "__main__":
    main(*sys.argv[1:])
