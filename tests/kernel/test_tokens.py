"""The slip's token: short enough for a code on paper, and nobody makes one but us."""

import base64
import string
import struct
from collections.abc import Iterator
from datetime import UTC, datetime
from random import Random

import pytest
import qrcode
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from qrcode.util import MODE_ALPHA_NUM

from exam_centre.kernel.errors import Refusal
from exam_centre.kernel.keys import KeyRing
from exam_centre.kernel.tokens import (
    LAYOUT,
    PREFIX,
    TEXT_LENGTH,
    ForgedToken,
    SlipToken,
    open_slip,
    seal_slip,
)

SEED = 20261107
MUTATIONS = 100_000
SHARES = 2  # so that workers can divide them
BASE32 = string.ascii_uppercase + "234567"
ISSUED = datetime(2026, 11, 1, 2, 30, tzinfo=UTC)
TOKEN = SlipToken(series=3, candidate=bytes(range(16)), slip_version=2, issued=ISSUED)


def key(n: int) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(bytes([n]) * 32)


def ring_of(*numbers: int, purpose: str = "slip", retired: tuple[int, ...] = ()) -> KeyRing:
    """Return a ring of keys by number; a retired key's public half is gone as well."""
    kept = [n for n in numbers if n not in retired]
    return KeyRing(purpose, {n: key(n) for n in kept}, {n: key(n).public_key() for n in kept})


RING = ring_of(1)
GENUINE = seal_slip(TOKEN, RING)


def is_refused(text: str, ring: KeyRing = RING) -> bool:
    try:
        open_slip(text, ring)
    except ForgedToken:
        return True
    return False


@pytest.mark.parametrize(
    "token",
    [
        TOKEN,
        SlipToken(0, bytes(16), 1, datetime(1970, 1, 1, tzinfo=UTC)),
        SlipToken(2**32 - 1, b"\xff" * 16, 2**16 - 1, datetime(2106, 2, 7, 6, 28, 15, tzinfo=UTC)),
    ],
)
def test_a_token_says_what_was_sealed(token):
    assert open_slip(seal_slip(token, RING), RING) == token


def test_a_token_has_152_characters_that_any_scanner_types_alike():
    assert len(GENUINE) == TEXT_LENGTH == 152
    assert set(GENUINE) <= set(BASE32 + "1")


def test_a_token_fits_a_version_6_code_of_medium_correction():
    code = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_M)
    code.add_data(GENUINE)
    code.make(fit=True)

    assert [part.mode for part in code.data_list] == [MODE_ALPHA_NUM]
    assert code.version == 6


@pytest.mark.parametrize("text", [GENUINE.lower(), f"  {GENUINE}\n", f"\u3000{GENUINE}"])
def test_case_and_blanks_around_do_not_matter(text):
    assert open_slip(text, RING) == TOKEN


@pytest.mark.parametrize("typed", ["ı", "ſ"])
def test_letters_that_only_look_alike_in_upper_case_are_refused(typed):
    ring = ring_of(1)
    letter = typed.upper()
    for candidate in range(256):
        text = seal_slip(SlipToken(3, bytes([candidate] * 16), 2, ISSUED), ring)
        place = text.find(letter, len(PREFIX))
        if place >= 0:
            assert is_refused(text[:place] + typed + text[place + 1 :])
            return
    raise AssertionError("no token holds the letter")


def test_another_spelling_of_the_last_character_is_refused():
    # The last character carries one bit more than the bytes need: two spellings, one token.
    place = BASE32.index(GENUINE[-1])
    twin = GENUINE[:-1] + BASE32[place ^ 1]
    padding = "=" * (-len(twin[len(PREFIX) :]) % 8)
    assert base64.b32decode(twin[len(PREFIX) :] + padding) == base64.b32decode(
        GENUINE[len(PREFIX) :] + padding
    )

    assert is_refused(twin)


def every_single_change() -> Iterator[str]:
    for place, old in enumerate(GENUINE):
        for new in string.printable[:94] + "１Ａ\x00":
            if new.upper() != old:
                yield GENUINE[:place] + new + GENUINE[place + 1 :]


def cut_and_joined() -> Iterator[str]:
    other = seal_slip(SlipToken(4, bytes(16), 1, ISSUED), RING)
    for place in range(len(GENUINE)):
        yield GENUINE[:place]
        yield GENUINE[place + 1 :]
        yield GENUINE[:place] + GENUINE[place + 1 :]
        yield GENUINE[:place] + "A" + GENUINE[place:]
        yield GENUINE + GENUINE[:place] or "A"
        if place:
            spliced = GENUINE[:place] + other[place:]
            yield spliced if spliced not in (GENUINE, other) else ""


def from_bytes(raw: bytes) -> str:
    return PREFIX + base64.b32encode(raw).decode().rstrip("=")


def random_changes(chance: Random, how_many: int) -> Iterator[str]:
    raw = base64.b32decode(GENUINE[len(PREFIX) :] + "=" * (-(TEXT_LENGTH - len(PREFIX)) % 8))
    for _ in range(how_many // 2):
        letters = list(GENUINE)
        for place in chance.sample(range(TEXT_LENGTH), chance.randint(2, 8)):
            letters[place] = chance.choice(BASE32)
        yield "".join(letters)
        flipped = bytearray(raw)
        for _ in range(chance.randint(1, 4)):
            flipped[chance.randrange(len(raw))] ^= 1 << chance.randrange(8)
        yield from_bytes(bytes(flipped))


@pytest.mark.parametrize("share", range(SHARES))
def test_a_hundred_thousand_changed_tokens_are_all_refused(share):
    systematic = [*every_single_change(), *cut_and_joined()]
    changed = [*systematic, *random_changes(Random(SEED), MUTATIONS - len(systematic))]
    tried = 0
    for text in changed[share::SHARES]:
        if text.strip().upper() != GENUINE:
            assert is_refused(text), f"seed {SEED}: {text!r}"
            tried += 1

    assert tried > MUTATIONS / SHARES * 0.99
    assert not is_refused(GENUINE), "the control: the same ring takes the genuine token"


def test_a_token_of_another_purpose_or_another_key_is_refused():
    other_purpose = seal_slip(TOKEN, ring_of(1, purpose="verify"))
    impostor = KeyRing("slip", {1: key(9)}, {1: key(9).public_key()})

    assert is_refused(other_purpose)
    assert is_refused(seal_slip(TOKEN, impostor))


@pytest.mark.parametrize("version", [0, 2, 255])
def test_a_well_signed_token_of_another_version_is_refused(version):
    body = LAYOUT.pack(version, 1, 3, bytes(16), 2, int(ISSUED.timestamp()))

    assert is_refused(from_bytes(body + RING.sign(body)[1]))


def test_after_a_change_of_keys_old_slips_are_good_until_their_key_is_retired():
    both = ring_of(1, 2)
    newer = seal_slip(TOKEN, both)

    assert open_slip(GENUINE, both) == TOKEN
    assert open_slip(newer, both) == TOKEN
    assert is_refused(newer, RING), "the new slip is signed by the new key"
    assert is_refused(GENUINE, ring_of(1, 2, retired=(1,)))
    assert open_slip(newer, ring_of(1, 2, retired=(1,))) == TOKEN


def test_a_number_that_does_not_fit_is_told_when_sealing():
    with pytest.raises(struct.error):
        seal_slip(SlipToken(2**32, bytes(16), 1, ISSUED), RING)


def test_a_refused_token_says_what_to_do_instead():
    with pytest.raises(Refusal, match="Find the person by name or number"):
        open_slip("EX1", RING)
