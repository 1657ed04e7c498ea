"""Fonts and browser modules: all there, named by their hash, and able to draw rare names."""

import hashlib
import json
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont

from deploy import assets

RARE_NAMES = "𠮷㛃䶮𡒄𬎆"
WEIGHTS = ("Regular", "Bold")


@pytest.fixture
def manifest() -> dict[str, str]:
    assert assets.is_current(), "the assets are missing or old: run `make assets`"
    names: dict[str, str] = json.loads((assets.FOLDER / assets.MANIFEST).read_text())
    return names


def drawn(name: str) -> set[str]:
    with TTFont(assets.FOLDER / name, lazy=True) as font:
        assert "glyf" in font, "printing embeds TrueType outlines alone"
        return {chr(code) for code in font.getBestCmap()}


@pytest.mark.parametrize("weight", WEIGHTS)
def test_the_pair_of_fonts_draws_rare_names(manifest, weight):
    main = drawn(manifest[f"NotoSansSC-{weight}.ttf"])
    rare = drawn(manifest[f"LXGWWenKai-Rare-{weight}.ttf"])

    assert set(RARE_NAMES) <= main | rare
    assert set("𠮷𡒄𬎆") <= rare - main, "a fallback nothing needs would be dead weight"


@pytest.mark.parametrize("weight", WEIGHTS)
def test_a_rare_character_has_an_outline_not_a_blank(manifest, weight):
    with TTFont(assets.FOLDER / manifest[f"LXGWWenKai-Rare-{weight}.ttf"]) as font:
        names = font.getBestCmap()
        glyphs = [font["glyf"][names[ord(sign)]] for sign in "𠮷𡒄𬎆"]

    assert all(glyph.numberOfContours != 0 for glyph in glyphs)


def test_a_file_is_named_by_what_it_holds(manifest):
    for name in manifest.values():
        digits = hashlib.sha256((assets.FOLDER / name).read_bytes()).hexdigest()
        assert digits[: assets.HASH_DIGITS] == Path(name).suffixes[-2].lstrip(".")


def test_every_font_and_module_comes_with_its_licence(manifest):
    for maker in ("NotoSansSC", "LXGWWenKai", "zxing", "noble-ed25519", "axe"):
        licence = (assets.FOLDER / manifest[f"{maker}-LICENSE.txt"]).read_text()
        assert "Copyright" in licence or "Mozilla Public License" in licence


def test_a_missing_file_makes_the_assets_stale(tmp_path, manifest):
    for file in assets.FOLDER.iterdir():
        (tmp_path / file.name).symlink_to(file)
    assert assets.is_current(tmp_path)

    (tmp_path / manifest["zxing-reader.wasm"]).unlink()

    assert not assets.is_current(tmp_path)
