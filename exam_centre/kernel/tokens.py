"""The slip's token: 29 bytes and a signature, short enough for a QR code read in a corridor."""

import base64
import struct
from dataclasses import dataclass
from datetime import UTC, datetime

from exam_centre.kernel.errors import Refusal
from exam_centre.kernel.keys import KeyRing
from exam_centre.kernel.sentences import say

PREFIX = "EX1"
VERSION = 1
LAYOUT = struct.Struct(">BHI16sHI")  # version, key, series, candidate, slip version, issued
SIGNATURE_BYTES = 64
TEXT_LENGTH = len(PREFIX) + -(-(LAYOUT.size + SIGNATURE_BYTES) * 8 // 5)  # 152: QR version 6-M


class ForgedToken(Refusal):
    """The text is no token of ours: wrong shape, unknown key or wrong signature."""

    kind = "bad_input"
    code = "forged"

    def __init__(self) -> None:
        super().__init__(say("This code was not issued here. Find the person by name or number."))


@dataclass(frozen=True)
class SlipToken:
    """What a slip's QR says. No personal data.

    series        the series' number, 0 to 2**32 - 1.
    candidate     the candidate's 16 random bytes.
    slip_version  1 to 65535; a reprint has the next one.
    issued        aware moment, to the second.
    """

    series: int
    candidate: bytes
    slip_version: int
    issued: datetime


def seal_slip(token: SlipToken, ring: KeyRing) -> str:
    """Return the signed text, 152 characters of A-Z and 2-7 that any scanner types alike."""
    body = LAYOUT.pack(
        VERSION,
        ring.current,
        token.series,
        token.candidate,
        token.slip_version,
        int(token.issued.timestamp()),
    )
    _, signature = ring.sign(body)
    return PREFIX + base64.b32encode(body + signature).decode().rstrip("=")


def open_slip(text: str, ring: KeyRing) -> SlipToken:
    """Return what a genuine token says; case and blanks around it do not matter.

    Raises ForgedToken for everything else, including a genuine token written another way: the
    last character holds one spare bit, and only the canonical spelling counts.
    """
    typed = text.strip()
    word = typed.upper()  # outside ASCII some letters have an upper case that is a plain S or I
    if not typed.isascii() or len(word) != TEXT_LENGTH or not word.startswith(PREFIX):
        raise ForgedToken
    encoded = word[len(PREFIX) :]
    try:
        raw = base64.b32decode(encoded + "=" * (-len(encoded) % 8))
    except ValueError as error:
        raise ForgedToken from error
    if base64.b32encode(raw).decode().rstrip("=") != encoded:
        raise ForgedToken
    body, signature = raw[: LAYOUT.size], raw[LAYOUT.size :]
    version, key_id, series, candidate, slip_version, issued = LAYOUT.unpack(body)
    if version != VERSION or not ring.verifies(key_id, body, signature):
        raise ForgedToken
    return SlipToken(series, candidate, slip_version, datetime.fromtimestamp(issued, UTC))
