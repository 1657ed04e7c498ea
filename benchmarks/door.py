"""How much a scan at the door costs the server, and how long it keeps the person waiting.

The server runs as in production: two workers of their own, the real database. What the client and
PostgreSQL spend is not counted as the server's.
"""

import http.client
import json
import os
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.figure import Figure
from deploy.run import THREADS, WORKERS
from tests.databases import postgres

ROOT = Path(__file__).resolve().parent.parent
FLASK = [sys.executable, "-m", "flask", "--app", "wsgi"]
HOST = "127.0.0.1"
WARM_UP = 100  # scans that nobody counts: each worker learns its questions
SCANS = 800  # at each number of connections
BATCH = 200
CONNECTIONS = (8, 32)
PACK_PEOPLE = 9_000  # of one venue
WAITS = {8: 60, 32: 200}  # milliseconds, on PostgreSQL
START_SECONDS = 60
TICKS = os.sysconf("SC_CLK_TCK")


def figures() -> Iterator[Figure]:
    """Yield the figures on SQLite, and on PostgreSQL where this machine has it."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        yield from _on("sqlite", f"sqlite:///{home / 'door.sqlite3'}", home)
        programs = postgres.find_programs()
        if programs is None:
            return
        server = postgres.start(home, programs)
        try:
            server.create("door")
            yield from _on("postgres", server.url("door"), home)
        finally:
            server.stop()


def _on(name: str, url: str, home: Path) -> Iterator[Figure]:
    out = home / name
    settings = dict(os.environ) | {
        "DATABASE_URL": url,
        "EXAM_CENTRE_KEYS_DIR": str(home / "keys"),
        "EXAM_CENTRE_FILES_DIR": str(home / "files"),
        "EXAM_CENTRE_JOBS_PATH": str(home / f"{name}-jobs.sqlite3"),
        "EXAM_CENTRE_LOG_LEVEL": "WARNING",
    }
    people = PACK_PEOPLE if name == "sqlite" else WARM_UP + SCANS * len(CONNECTIONS) + BATCH
    for step in (["database", "upgrade"], ["demo", "door", "--slips", str(people), "--out", out]):
        said = subprocess.DEVNULL
        subprocess.run(  # noqa: S603 - our own commands
            [*FLASK, *map(str, step)], cwd=ROOT, env=settings, check=True, stdout=said, stderr=said
        )
    secret = (out / "token.txt").read_text().strip()
    slips = (out / "slips.txt").read_text().split()
    with _serving(settings) as (port, processes):
        client = _Client(port, secret)
        client.scan(slips[:WARM_UP], 4)
        done = WARM_UP
        for connections in CONNECTIONS:
            before = _cpu_seconds(processes)
            wall = time.perf_counter()
            waits = client.scan(slips[done : done + SCANS], connections)
            wall = time.perf_counter() - wall
            spent = _cpu_seconds(processes) - before
            done += SCANS
            p95 = sorted(waits)[len(waits) * 95 // 100]
            goal = f"at most {WAITS[connections]}" if name == "postgres" else None
            where = f"door_{name}_{connections}"
            yield Figure(f"{where}_cpu", round(1000 * spent / SCANS, 2), "ms a scan", "at most 4")
            yield Figure(f"{where}_p95", round(1000 * p95, 1), "ms", goal)
            yield Figure(f"{where}_rate", round(SCANS / wall), "scans a second")
        before = _cpu_seconds(processes)
        packed = client.pack()
        spent = _cpu_seconds(processes) - before
        yield Figure(f"door_{name}_pack_people", people, "people")
        yield Figure(f"door_{name}_pack_size", round(packed / 1e6, 3), "MB", "at most 1.5")
        yield Figure(f"door_{name}_pack_cpu", round(spent, 2), "s CPU", "at most 1")
        batch = client.batch(slips[done : done + BATCH])
        yield Figure(f"door_{name}_batch", round(1000 * batch), f"ms for {BATCH}", "at most 150")


class _Client:
    """Scans slips from a number of connections at once."""

    def __init__(self, port: int, secret: str) -> None:
        self.port, self.secret = port, secret

    def scan(self, slips: list[str], connections: int) -> list[float]:
        """Admit everybody once; return the seconds each one waited."""
        waits: list[float] = []
        threads = [
            threading.Thread(target=self._scan, args=(slips[n::connections], waits))
            for n in range(connections)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        if len(waits) != len(slips):
            raise RuntimeError(f"{len(slips) - len(waits)} scans were not admitted")
        return waits

    def pack(self) -> int:
        """Fetch the venue's pack; return its size in bytes."""
        connection = http.client.HTTPConnection(HOST, self.port, timeout=60)
        connection.request("GET", "/api/v1/door/pack", headers=self._headers())
        return len(connection.getresponse().read())

    def batch(self, slips: list[str]) -> float:
        """Upload people who were seated offline in one batch; return the seconds it took."""
        at = datetime.now(UTC).isoformat()
        seated = {"device_time": at, "action": "admitted_offline", "identity": "match"}
        scans = [{"scan_no": f"b{n}", "token": slip} | seated for n, slip in enumerate(slips)]
        connection = http.client.HTTPConnection(HOST, self.port, timeout=60)
        body = json.dumps({"sent_at": at, "scans": scans})
        began = time.perf_counter()
        connection.request("POST", "/api/v1/door/batches", body, self._headers())
        answers = json.loads(connection.getresponse().read())["answers"]
        wait = time.perf_counter() - began
        if not all(each["answer"]["admitted"] for each in answers):
            raise RuntimeError("not everybody of the batch was admitted")
        return wait

    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.secret}", "Content-Type": "application/json"}

    def _scan(self, slips: list[str], waits: list[float]) -> None:
        connection = http.client.HTTPConnection(HOST, self.port, timeout=60)
        headers = self._headers()
        for slip in slips:
            body = {
                "scan_no": slip[-40:],
                "token": slip,
                "device_time": datetime.now(UTC).isoformat(),
                "action": "admit",
                "identity": "match",
            }
            began = time.perf_counter()
            connection.request("POST", "/api/v1/door/scans", json.dumps(body), headers)
            answer = connection.getresponse()
            said = json.loads(answer.read())
            wait = time.perf_counter() - began
            if answer.status != 200 or not said["admitted"]:
                return
            waits.append(wait)


@contextmanager
def _serving(settings: dict[str, str]) -> Iterator[tuple[int, list[int]]]:
    """Serve the centre on a free port; give the port and the processes of the workers."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "gunicorn", "--worker-class", "gthread"]
    command += ["--workers", str(WORKERS), "--threads", str(THREADS)]
    command += ["--bind", f"{HOST}:{port}", "--log-level", "warning", "wsgi:app"]
    server = subprocess.Popen(command, cwd=ROOT, env=settings)  # noqa: S603 - our own server
    try:
        deadline = time.monotonic() + START_SECONDS
        while not _answers(port):
            if time.monotonic() > deadline:
                raise TimeoutError("the server did not start")
            time.sleep(0.2)
        children = Path(f"/proc/{server.pid}/task/{server.pid}/children").read_text()
        yield port, [int(pid) for pid in children.split()]
    finally:
        server.terminate()
        server.wait()


def _answers(port: int) -> bool:
    try:
        connection = http.client.HTTPConnection(HOST, port, timeout=5)
        connection.request("GET", "/sign-in")
        return connection.getresponse().status < 500
    except OSError:
        return False


def _cpu_seconds(processes: list[int]) -> float:
    """Return what the processes spent so far, in user and system time."""
    spent = 0
    for pid in processes:
        words = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        spent += int(words[11]) + int(words[12])
    return spent / TICKS
