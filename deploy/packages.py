"""Installs programs through the machine's package manager where this user may."""

import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

APT_LISTS = Path("/var/lib/apt/lists")


def command_for(packages: Sequence[str]) -> str:
    """Return the line a person types to install Debian packages."""
    prefix = "" if os.geteuid() == 0 else "sudo "
    names = " ".join(packages)
    return f"{prefix}apt-get update && {prefix}apt-get install --no-install-recommends -y {names}"


def may_install() -> bool:
    """Say whether this user may install packages here: root, on a machine with apt-get."""
    return os.geteuid() == 0 and shutil.which("apt-get") is not None


def install(packages: Sequence[str]) -> bool:
    """Install Debian packages as root. Returns whether it worked; apt-get says why not."""
    if not any(APT_LISTS.glob("*Packages*")) and not _apt_get("update"):
        return False
    wanted = ("install", "--no-install-recommends", "-y", *packages)
    # A list of packages grown old names files the mirror no longer has: refresh it, try once more.
    return _apt_get(*wanted) or (_apt_get("update") and _apt_get(*wanted))


def _apt_get(*arguments: str) -> bool:
    quiet = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    return subprocess.run(["apt-get", "-q", *arguments], env=quiet, check=False).returncode == 0
