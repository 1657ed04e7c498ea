"""Signed files: a validator of others calls them valid, and every changed byte is noticed."""

import os
import shutil
import subprocess
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

import pytest
from reportlab.pdfgen.canvas import Canvas

from exam_centre.adapters.pdf_signing import (
    SigningIdentity,
    UnreadablePdf,
    make_identity,
    sign,
    verify,
)

NOW = datetime.now(UTC).replace(microsecond=0)  # pdfsig knows no other moment
SIGNED_AT = NOW - timedelta(hours=3)
REASON = "发布证书"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("identity")
    make_identity(place, "江苏开放大学", NOW - timedelta(days=1))
    return place


@pytest.fixture(scope="module")
def identity(folder: Path) -> SigningIdentity:
    return SigningIdentity.load(folder)


@pytest.fixture(scope="module")
def plain() -> bytes:
    buffer = BytesIO()
    canvas = Canvas(buffer, invariant=1, pageCompression=0)
    canvas.drawString(72, 700, "67 (pass)")
    canvas.save()
    return buffer.getvalue()


@pytest.fixture(scope="module")
def signed(plain: bytes, identity: SigningIdentity) -> bytes:
    return sign(plain, identity, REASON, SIGNED_AT)


def pdfsig(pdf: bytes, tmp_path: Path, *options: str) -> str:
    path = tmp_path / "file.pdf"
    path.write_bytes(pdf)
    command = ["pdfsig", *options, path]
    run = subprocess.run(command, capture_output=True, env=os.environ | {"TZ": "UTC"}, check=False)
    return run.stdout.decode()


def test_a_signed_file_is_genuine_under_its_root(signed, identity):
    (report,) = verify(signed, [identity.root_pem], NOW)

    assert report.is_genuine
    assert report.signer == "江苏开放大学 Certificates"
    assert (report.signed_at, report.reason) == (SIGNED_AT, REASON)


def test_another_validator_calls_it_valid_pades(signed, tmp_path):
    said = pdfsig(signed, tmp_path)

    assert "Signature is Valid" in said
    assert "ETSI.CAdES.detached" in said
    assert "SHA-256" in said
    assert "Total document signed" in said
    assert SIGNED_AT.strftime("%b %d %Y %H:%M:%S") in said


@pytest.mark.skipif(shutil.which("certutil") is None, reason="no certutil to install a root with")
def test_another_validator_trusts_it_once_the_root_is_installed(signed, folder, tmp_path):
    store = tmp_path / "trust"
    store.mkdir()
    certificate = folder / "root.crt.pem"
    for command in (
        ["certutil", "-N", "-d", store, "--empty-password"],
        ["certutil", "-A", "-d", store, "-n", "root", "-t", "CT,C,C", "-i", certificate],
    ):
        subprocess.run(command, check=True)

    assert "Certificate is Trusted" in pdfsig(signed, tmp_path, "-nssdir", str(store))


def test_under_another_root_it_is_intact_but_nobody_s(signed, tmp_path):
    make_identity(tmp_path / "other", "江苏开放大学", NOW - timedelta(days=1))
    other = SigningIdentity.load(tmp_path / "other")

    (report,) = verify(signed, [other.root_pem], NOW)

    assert (report.intact, report.trusted) == (True, False)
    assert not report.is_genuine


def test_a_changed_mark_is_a_digest_mismatch_for_both_validators(signed, identity, tmp_path):
    changed = signed.replace(b"(67 \\(pass\\))", b"(97 \\(pass\\))")
    assert changed != signed

    (report,) = verify(changed, [identity.root_pem], NOW)

    assert not report.intact
    assert not report.is_genuine
    assert "Digest Mismatch" in pdfsig(changed, tmp_path)


def test_wherever_one_byte_flips_the_file_is_not_genuine(signed, plain, identity):
    for place in range(20, len(plain), 97):
        changed = bytearray(signed)
        changed[place] ^= 1
        try:
            reports = verify(bytes(changed), [identity.root_pem], NOW)
        except UnreadablePdf:
            continue
        assert not any(report.is_genuine for report in reports)


def test_what_was_appended_after_signing_is_noticed(signed, identity):
    (report,) = verify(signed + b"\n%% more\n", [identity.root_pem], NOW)

    assert not report.whole
    assert not report.is_genuine


def test_a_file_without_a_signature_has_no_report(plain, identity):
    assert verify(plain, [identity.root_pem], NOW) == ()


def test_a_certificate_counts_only_while_it_is_valid(signed, identity):
    for moment in (NOW - timedelta(days=3), NOW + timedelta(days=4 * 365)):
        (report,) = verify(signed, [identity.root_pem], moment)
        assert not report.trusted


@pytest.mark.parametrize("junk", [b"", b"x" * 99, b"%PDF-1.7", b"PK\x03\x04", b"%PDF-1.4\n%%EOF"])
def test_what_is_no_pdf_is_refused(junk, identity):
    with pytest.raises(UnreadablePdf):
        verify(junk, [identity.root_pem], NOW)
    with pytest.raises(UnreadablePdf):
        sign(junk, identity, REASON, NOW)


def test_a_signature_needs_a_time_with_its_zone(plain, identity):
    with pytest.raises(ValueError, match="time zone"):
        sign(plain, identity, REASON, NOW.replace(tzinfo=None))


def test_keys_are_readable_by_their_owner_alone(folder):
    assert {path.stat().st_mode & 0o777 for path in folder.glob("*.key.pem")} == {0o600}


def test_an_identity_is_never_made_over_another(folder):
    before = (folder / "signer.key.pem").read_bytes()

    with pytest.raises(FileExistsError):
        make_identity(folder, "江苏开放大学", NOW)

    assert (folder / "signer.key.pem").read_bytes() == before


def test_a_key_for_another_algorithm_is_not_taken(folder, tmp_path):
    copy = shutil.copytree(folder, tmp_path / "copy")
    (copy / "identity.json").write_text('{"algorithm": "SM2"}')

    with pytest.raises(ValueError, match="SM2"):
        SigningIdentity.load(copy)


def test_the_identity_does_not_show_its_key(identity):
    assert "PRIVATE" not in repr(identity)
    assert "_signer" not in repr(identity)
