"""A reference credit bank of the journey's own: started beside it, furnished, and stopped."""

import os
import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

LEVELS = {"bachelor": 6}  # framework levels that differ from the usual one
USUAL_LEVEL = 5
PATIENCE_SECONDS = 20


@dataclass(frozen=True)
class DemoBank:
    """A bank that listens, and what its operator does: accounts and units."""

    url: str
    operator: httpx.Client

    def register_issuer(self, key_id: str, issuer_id: str, public_key_pem: bytes) -> None:
        """Let our key sign for us."""
        body = {"key_id": key_id, "issuer_id": issuer_id, "public_key_pem": public_key_pem.decode()}
        self._post("/api/v1/issuers", body)

    def open_account(self, account: str, name: str, id_tail: str) -> None:
        """Open a learning account, as a person would at the bank."""
        self._post("/api/v1/accounts", {"account": account, "name": name, "id_tail": id_tail})

    def register_unit(self, code: str, title: str, level: str, credit: str) -> None:
        """Publish a course as a unit that credits may be given for."""
        self._post(
            "/api/v1/units",
            {
                "code": code,
                "version": "1",
                "title": title,
                "framework": "LOF",
                "level": LEVELS.get(level, USUAL_LEVEL),
                "credits": credit,
                "kind": "course",
            },
        )

    def _post(self, path: str, body: Mapping[str, object]) -> None:
        self.operator.post(path, json=body).raise_for_status()


@contextmanager
def running_bank(folder: Path) -> Iterator[DemoBank]:
    """Run a reference bank on a free port of this machine until the block ends."""
    port, token = _free_port(), secrets.token_urlsafe(16)
    settings = os.environ | {
        "REFERENCE_BANK_DATABASE": str(folder / "reference_bank.sqlite3"),
        "REFERENCE_BANK_OPERATOR_TOKEN": token,
    }
    command = [sys.executable, "-m", "flask", "--app", "reference_bank", "run", "--port", str(port)]
    log = (folder / "reference_bank.log").open("wb")
    process = subprocess.Popen(command, env=settings, stdout=log, stderr=log)  # noqa: S603 - ours
    url = f"http://127.0.0.1:{port}"
    headers = {"Authorization": f"Bearer {token}"}
    try:
        with httpx.Client(base_url=url, headers=headers, timeout=30) as operator:
            _wait_for(operator, process)
            yield DemoBank(url, operator)
    finally:
        process.terminate()
        process.wait()
        log.close()


def _wait_for(operator: httpx.Client, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            operator.get("/")
        except httpx.TransportError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError("the reference bank did not start")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
