"""Makes the Python environment in .venv from a lock; does nothing while the lock is unchanged."""

import hashlib
import importlib.util
import subprocess
import sys
from pathlib import Path

from deploy import packages

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / ".venv"
PYTHON = FOLDER / "bin" / "python"
KINDS = {"runtime": ("runtime", "development"), "development": ("development",)}


def main(kind: str) -> None:
    """Make the environment of `kind`, runtime or development, the latter holding the former."""
    if any(is_installed(covering) for covering in KINDS[kind]):
        return
    if not _works():
        _make()
    print(f"Installing the locked Python packages ({kind}) ...", flush=True)
    lock = str(_lock(kind).relative_to(ROOT))
    # pip's own configuration stands: mirrors, certificates and proxies are the user's choice.
    pip = [str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    install = [*pip, "--require-hashes", "--requirement", lock]
    installed = subprocess.run(install, cwd=ROOT, check=False)
    if installed.returncode != 0:
        sys.exit(f"pip could not install {lock}: its messages stand above.")
    _stamp(kind).write_text(fingerprint(kind))


def is_installed(kind: str) -> bool:
    """Say whether the lock of `kind`, as it is now, is what stands in the environment."""
    stamp = _stamp(kind)
    return PYTHON.exists() and stamp.exists() and stamp.read_text() == fingerprint(kind)


def fingerprint(kind: str) -> str:
    """Return 64 hex digits that change with the lock, the Python version and the folder."""
    place = f"{sys.version_info[:2]} {FOLDER}".encode()
    return hashlib.sha256(_lock(kind).read_bytes() + place).hexdigest()


def _lock(kind: str) -> Path:
    return ROOT / "requirements" / f"{kind}.txt"


def _stamp(kind: str) -> Path:
    return FOLDER / f"installed-{kind}"


def _works() -> bool:
    """Say whether .venv holds this version of Python with a pip that starts."""
    if not PYTHON.exists():
        return False
    ask = "import sys, pip; print(sys.version_info[:2])"
    answer = subprocess.run([PYTHON, "-c", ask], capture_output=True, text=True, check=False)
    return answer.stdout.strip() == str(sys.version_info[:2])


def _make() -> None:
    if not _has_venv():
        _install_venv()
    print(f"Making {FOLDER.relative_to(ROOT)} with {sys.executable} ...", flush=True)
    made = subprocess.run([sys.executable, "-m", "venv", "--clear", FOLDER], check=False)
    if made.returncode != 0:
        sys.exit("Python could not make an environment: its messages stand above.")


def _has_venv() -> bool:
    return all(importlib.util.find_spec(module) for module in ("venv", "ensurepip"))


def _install_venv() -> None:
    """Debian ships Python without `ensurepip`; its own package brings it."""
    wanted = ["python3-venv"]
    if packages.may_install() and packages.install(wanted):
        importlib.invalidate_caches()
        if _has_venv():
            return
    sys.exit(
        "This Python can not make environments: the modules `venv` and `ensurepip` are missing.\n"
        f"Install them, then start again:\n    {packages.command_for(wanted)}"
    )


if __name__ == "__main__":
    main(sys.argv[1])
