"""Writes the lock files anew: exact versions with hashes, and no host's name."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
OLDEST_PYTHON = "3.11"
COMPILE = [sys.executable, "-m", "uv", "pip", "compile", "--quiet", "--upgrade", "--universal"]
NO_HOSTS = ["--generate-hashes", "--no-emit-index-url", "--no-header"]
NAMES = ("runtime", "development", "node")  # runtime first: the second is bound by it


def main() -> None:
    """Resolve every `requirements/*.in` and the packages of package.json."""
    for name in NAMES:
        print(f"Locking requirements/{name}.txt ...", flush=True)
        files = [f"requirements/{name}.in", "--output-file", f"requirements/{name}.txt"]
        command = [*COMPILE, *NO_HOSTS, "--python-version", OLDEST_PYTHON, *files]
        subprocess.run(command, cwd=ROOT, check=True)
    print("Locking package-lock.json ...", flush=True)
    subprocess.run(["npm", "install", "--package-lock-only"], cwd=ROOT, check=True)


if __name__ == "__main__":
    main()
