"""Starts the centre on this machine: database, demo series, web server and job runner."""

import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import FrameType

from config import Config, ConfigError, Environment

ROOT = Path(__file__).resolve().parent.parent
HOST = "127.0.0.1"
WORKERS = 2
THREADS = 4  # more only wait for each other: measured at the door
PATIENCE_SECONDS = 15  # how long a process may take to stop before it is killed
START_SECONDS = 60
FLASK = [sys.executable, "-m", "flask", "--app", "wsgi"]


def main(environ: Mapping[str, str]) -> int:
    """Prepare, start both processes, wait until one dies or a person stops them.

    Returns the exit code: 0 after Ctrl-C, 1 where something failed, with a line that says what.
    """
    port = environ.get("PORT", "8000")
    if not (port.isascii() and port.isdigit() and 0 < int(port) < 65536):
        print(f"PORT is {port!r}; it must be a number from 1 to 65535.", file=sys.stderr)
        return 1
    if not _is_free(int(port)):
        print(f"Port {port} is taken; choose another: make run PORT=8080", file=sys.stderr)
        return 1
    address = f"http://{HOST}:{port}"
    settings = {"EXAM_CENTRE_PUBLIC_URL": address} | dict(environ)
    try:
        config = Config.from_environment(settings)
        settings = _with_secret(settings, config)
    except ConfigError as error:
        print(error, file=sys.stderr)
        return 1
    if not _prepare(settings, config):
        return 1
    return _serve(settings, int(port), address)


def _with_secret(settings: dict[str, str], config: Config) -> dict[str, str]:
    """Return the settings with a secret of this install, made once, for development alone."""
    if config.environment is not Environment.DEVELOPMENT or "EXAM_CENTRE_SECRET_KEY" in settings:
        return settings
    path = ROOT / "var" / "secret_key"
    path.parent.mkdir(exist_ok=True)
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(48))
    return settings | {"EXAM_CENTRE_SECRET_KEY": path.read_text().strip()}


def _prepare(settings: Mapping[str, str], config: Config) -> bool:
    """Bring keys and database up to date and load the demo series into an empty one."""
    steps: list[Sequence[str]] = [("database", "upgrade")]
    if config.environment is Environment.DEVELOPMENT:
        config.files_dir.mkdir(parents=True, exist_ok=True)
        config.jobs_path.parent.mkdir(parents=True, exist_ok=True)
        steps.insert(0, ("keys", "make"))  # makes only what is missing
        steps.append(("demo", "welcome"))
    for step in steps:
        if subprocess.run([*FLASK, *step], cwd=ROOT, env=settings, check=False).returncode != 0:
            print(f"flask {' '.join(step)} failed: nothing was started.", file=sys.stderr)
            return False
    return True


def _serve(settings: Mapping[str, str], port: int, address: str) -> int:
    stop = Stop()
    server = [sys.executable, "-m", "gunicorn", "--worker-class", "gthread"]
    server += ["--workers", str(WORKERS), "--threads", str(THREADS)]
    server += ["--bind", f"{HOST}:{port}", "--log-level", "warning", "wsgi:app"]
    processes = {
        "web server": _start(server, settings),
        "job runner": _start([*FLASK, "jobs", "run"], settings),
    }
    try:
        announced = False
        deadline = time.monotonic() + START_SECONDS
        while not stop.asked:
            for name, process in processes.items():
                if process.poll() is not None:
                    print(f"The {name} ended; stopping.", file=sys.stderr)
                    return 1
            if not announced and not _is_free(port):
                print(f"\nExam Centre is open: {address}\nCtrl-C stops it.", flush=True)
                announced = True
            if not announced and time.monotonic() > deadline:
                print("The web server did not start in time; stopping.", file=sys.stderr)
                return 1
            time.sleep(0.2)
        return 0
    finally:
        _stop(list(processes.values()))


class Stop:
    """Set once a person or the machine asks us to stop."""

    def __init__(self) -> None:
        self.asked = False
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._ask)

    def _ask(self, _number: int, _frame: FrameType | None) -> None:
        self.asked = True


def _start(command: Sequence[str], settings: Mapping[str, str]) -> subprocess.Popen[bytes]:
    # Ctrl-C reaches a whole terminal group; a group of its own lets us stop each one in order.
    return subprocess.Popen(command, cwd=ROOT, env=settings, start_new_session=True)


def _stop(processes: Sequence[subprocess.Popen[bytes]]) -> None:
    for process in processes:
        process.terminate()
    deadline = time.monotonic() + PATIENCE_SECONDS
    for process in processes:
        try:
            process.wait(max(0.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _is_free(port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.settimeout(1)
        return probe.connect_ex((HOST, port)) != 0


if __name__ == "__main__":
    sys.exit(main(os.environ))
