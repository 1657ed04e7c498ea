"""Keys by purpose and number, and ID numbers sealed at rest."""

import stat

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import serialization
from hypothesis import given
from hypothesis import strategies as st

from exam_centre.kernel.keys import load_ring, make_key
from exam_centre.kernel.sealing import Seal

SEAL = Seal(b"s" * 32)


def test_keys_are_numbered_from_one_and_the_newest_signs(tmp_path):
    assert [make_key(tmp_path, "slip") for _ in range(3)] == [1, 2, 3]

    assert load_ring(tmp_path, "slip").sign(b"words")[0] == 3


def test_what_an_older_key_signed_still_verifies_after_a_new_one_is_made(tmp_path):
    make_key(tmp_path, "slip")
    key_id, signature = load_ring(tmp_path, "slip").sign(b"words")
    make_key(tmp_path, "slip")

    assert load_ring(tmp_path, "slip").verifies(key_id, b"words", signature)


def test_a_public_half_verifies_and_does_not_sign(tmp_path):
    make_key(tmp_path, "slip")
    ring = load_ring(tmp_path, "slip")
    key_id, signature = ring.sign(b"words")
    make_key(tmp_path, "slip")
    public = ring.public[1].public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    (tmp_path / "slip" / "1.pem").unlink()
    (tmp_path / "slip" / "1.pub.pem").write_bytes(public)

    again = load_ring(tmp_path, "slip")

    assert again.verifies(key_id, b"words", signature)
    assert again.current == 2
    assert 1 not in again.private


def test_a_removed_key_verifies_nothing_any_more(tmp_path):
    make_key(tmp_path, "slip")
    key_id, signature = load_ring(tmp_path, "slip").sign(b"words")
    make_key(tmp_path, "slip")
    (tmp_path / "slip" / "1.pem").unlink()

    assert not load_ring(tmp_path, "slip").verifies(key_id, b"words", signature)


def test_one_key_under_two_purposes_makes_two_signatures(tmp_path):
    make_key(tmp_path, "slip")
    (tmp_path / "audit").mkdir()
    (tmp_path / "audit" / "1.pem").write_bytes((tmp_path / "slip" / "1.pem").read_bytes())
    slip, audit = load_ring(tmp_path, "slip"), load_ring(tmp_path, "audit")

    key_id, signature = slip.sign(b"words")

    assert slip.verifies(key_id, b"words", signature)
    assert not audit.verifies(key_id, b"words", signature)


def test_other_words_another_signature_or_another_number_do_not_verify(tmp_path):
    make_key(tmp_path, "slip")
    make_key(tmp_path, "slip")
    ring = load_ring(tmp_path, "slip")
    key_id, signature = ring.sign(b"words")

    assert not ring.verifies(key_id, b"wordz", signature)
    assert not ring.verifies(key_id, b"words", signature[:-1] + bytes([signature[-1] ^ 1]))
    assert not ring.verifies(key_id, b"words", b"")
    assert not ring.verifies(1, b"words", signature)
    assert not ring.verifies(99, b"words", signature)


def test_a_private_key_is_readable_by_its_owner_alone(tmp_path):
    make_key(tmp_path, "slip")

    assert stat.S_IMODE((tmp_path / "slip" / "1.pem").stat().st_mode) == 0o600


def test_a_purpose_without_a_key_says_how_to_make_one(tmp_path):
    with pytest.raises(FileNotFoundError, match="keys make"):
        load_ring(tmp_path, "slip")


@given(st.text(max_size=60))
def test_what_is_sealed_is_read_again_and_never_looks_the_same_twice(text):
    first, second = SEAL.close(text), SEAL.close(text)

    assert SEAL.open(first) == SEAL.open(second) == text
    assert first != second


def test_a_sealed_text_that_was_changed_anywhere_is_not_read():
    sealed = SEAL.close("110101199003070010")
    for place in range(len(sealed)):
        changed = sealed[:place] + bytes([sealed[place] ^ 1]) + sealed[place + 1 :]
        with pytest.raises(InvalidTag):
            SEAL.open(changed)


def test_fingerprints_are_equal_for_equal_texts_and_useless_without_the_secret():
    number = "110101199003070010"

    assert SEAL.fingerprint(number) == Seal(b"s" * 32).fingerprint(number)
    assert SEAL.fingerprint(number) != SEAL.fingerprint("110101199003070029")
    assert SEAL.fingerprint(number) != Seal(b"t" * 32).fingerprint(number)
    assert len(SEAL.fingerprint(number)) == 64


def test_neither_secret_nor_text_shows_when_a_seal_is_printed():
    assert "ssss" not in repr(SEAL)
