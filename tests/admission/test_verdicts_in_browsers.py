"""The door's rule as devices have it: answers every row as the centre does, and knows a forgery."""

import base64
import json
from random import Random

import pytest
from cryptography.hazmat.primitives import serialization

from exam_centre.admission.rules import minutes_late, new_short_code
from tests.admission.vectors import ROWS, plain_row
from tests.factories.times import NINE, SECOND
from tests.webkit.chromium import ASSETS, launching, serving

pytestmark = pytest.mark.browser

JUDGE = """async ({rows}) => {
  const { judge } = await import("/static/door/verdict.js");
  return rows.map((row) => judge(row)).map(({ code, place }) => [code, place?.placement ?? null]);
}"""
MINUTES = """async ({seconds}) => {
  const { minutesLate } = await import("/static/door/verdict.js");
  return seconds.map((second) => minutesLate(0, second));
}"""
OPEN = """async ({texts, keys, withFallback, native}) => {
  if (!native) crypto.subtle.importKey = () => Promise.reject(new Error("not here"));
  const { openSlip } = await import("/static/door/slip.js");
  const noble = await import(withFallback);
  const bytes = (text) => Uint8Array.from(atob(text), (sign) => sign.charCodeAt(0));
  const known = Object.fromEntries(Object.entries(keys).map(([id, key]) => [id, bytes(key)]));
  const read = [];
  for (const text of texts) read.push(await openSlip(text, known, noble.verifyAsync));
  return read;
}"""
CODES = """async ({texts}) => {
  const { readShortCode } = await import("/static/door/slip.js");
  return texts.map(readShortCode);
}"""
MUTATED = 3_000
WITHOUT_NATIVE = 300  # the fallback takes milliseconds for each


@pytest.fixture
def page(app):
    """A page of the centre in a real browser."""
    with serving(app) as address, launching() as launch:
        page = launch().new_page()
        page.goto(f"{address}/sign-in")
        yield page


@pytest.fixture
def slip(doors):
    """A genuine slip with the public keys of this install, as devices get them."""
    keys = {
        number: base64.b64encode(
            key.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
        ).decode()
        for number, key in doors.ring.public.items()
    }
    return doors.guests[0].text, keys


def opened(page, texts, keys, *, native=True):
    manifest = json.loads((ASSETS / "manifest.json").read_text())
    noble = f"/static/assets/{manifest['noble-ed25519.js']}"
    told = {"texts": texts, "keys": keys, "withFallback": noble, "native": native}
    return page.evaluate(OPEN, told)


def mutated(text, chance):
    """Return another text: a sign changed, left out, put in, or two of them swapped."""
    signs = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
    while True:
        at, other = chance.randrange(len(text)), chance.randrange(len(text))
        kind = chance.randrange(4)
        changed = list(text)
        if kind == 0:
            changed[at] = chance.choice(signs)
        elif kind == 1:
            del changed[at]
        elif kind == 2:
            changed.insert(at, chance.choice(signs))
        else:
            changed[at], changed[other] = changed[other], changed[at]
        if "".join(changed) != text:
            return "".join(changed)


def test_a_device_gives_the_verdict_of_the_centre_in_every_row(page):
    given = page.evaluate(JUDGE, {"rows": [plain_row(row) for row in ROWS]})

    wrong = [
        (row["name"], said)
        for row, said in zip(ROWS, given, strict=True)
        if said != [row["code"], row["placement"]]
    ]
    assert wrong == []


def test_a_device_counts_begun_minutes_as_the_centre_does(page):
    seconds = [-600, -1, 0, 1, 59, 60, 61, 1800]

    given = page.evaluate(MINUTES, {"seconds": seconds})

    assert given == [minutes_late(NINE, NINE + second * SECOND) for second in seconds]


@pytest.mark.parametrize("native", [True, False], ids=["by the browser", "by the fallback"])
def test_a_device_opens_a_genuine_slip_and_no_other(page, slip, native):
    text, keys = slip
    chance = Random(7)
    forged = [mutated(text, chance) for _ in range(MUTATED if native else WITHOUT_NATIVE)]

    genuine, small, *others = opened(
        page, [text, f" {text.lower()}\n", *forged], keys, native=native
    )

    assert genuine == small
    assert (genuine["version"], genuine["key"]) == (1, 1)
    assert len(genuine["candidate"]) == 32
    assert [text for text, read in zip(forged, others, strict=True) if read] == []


def test_a_device_does_not_take_the_signature_of_a_key_it_was_not_given(page, slip):
    text, keys = slip
    strange = {number: base64.b64encode(bytes(32)).decode() for number in keys}

    assert opened(page, [text], strange) == [None]
    assert opened(page, [text], {}) == [None]


def test_a_device_reads_the_digits_that_the_centre_gave(page):
    code = new_short_code()
    wrong = [str((int(code[0]) + 1) % 10) + code[1:], code[:-1], code + "0", "", "ＡＢＣ"]

    given = page.evaluate(CODES, {"texts": [f" {code[:4]}-{code[4:8]} {code[8:]}", *wrong]})

    assert given == [code] + [None] * len(wrong)
