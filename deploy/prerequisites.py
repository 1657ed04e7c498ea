"""Installs the programs that tests need beyond Python, or says exactly which are missing."""

import shutil
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from deploy import packages


@dataclass(frozen=True)
class Program:
    """Something tests start. It is there when one of its names is found."""

    why: str
    package: str  # Debian's name for it
    names: tuple[str, ...]
    folders: str = ""  # a pattern below / of further folders to look in

    def find(self) -> Path | None:
        """Return where the program is, the newest where several are, or None."""
        for name in self.names:
            found = shutil.which(name)
            if found:
                return Path(found)
            if self.folders:
                beside = sorted(Path("/").glob(f"{self.folders}/{name}"), key=_version)
                if beside:
                    return beside[-1]
        return None


def _version(path: Path) -> tuple[int, ...]:
    return tuple(int(part) for part in path.parts if part.isdigit())


CHROMIUM = Program("drives the pages", "chromium", ("chromium", "chromium-browser"))
PDF_TOOLS = Program("reads printed pages and signatures back", "poppler-utils", ("pdfsig",))
NSS_TOOLS = Program("holds our root while signatures are checked", "libnss3-tools", ("certutil",))
POSTGRESQL = Program(
    "runs the tests on the larger database",
    "postgresql",
    ("initdb",),
    folders="usr/lib/postgresql/*/bin",
)
REDIS = Program("runs the jobs of many machines", "redis-server", ("redis-server",))
PROGRAMS = (CHROMIUM, PDF_TOOLS, NSS_TOOLS, POSTGRESQL, REDIS)


def missing(programs: Sequence[Program] = PROGRAMS) -> list[Program]:
    """Return the programs that are not on this machine."""
    return [program for program in programs if program.find() is None]


def report(programs: Sequence[Program]) -> str:
    """Return a list of what is missing and why it is wanted, ending with the command to type."""
    lines = [f"  {program.package}: {program.why}" for program in programs]
    command = packages.command_for([program.package for program in programs])
    return "\n".join(["These programs are missing:", *lines, "Install them:", f"    {command}"])


def main() -> None:
    """Install what is missing where this user may; leave with the list where not."""
    absent = missing()
    if absent and packages.may_install():
        packages.install([program.package for program in absent])
        absent = missing()
    if absent:
        sys.exit(report(absent))


if __name__ == "__main__":
    main()
