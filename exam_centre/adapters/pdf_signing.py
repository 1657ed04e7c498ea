"""Signatures on PDF files: PAdES B-B under our own root, and what a validator says of them."""

import json
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from pyhanko.keys import load_certs_from_pemder_data, load_private_key_from_pemder_data
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import signers
from pyhanko.sign.fields import SigSeedSubFilter
from pyhanko.sign.general import SigningError
from pyhanko.sign.signers.pdf_signer import PdfSigningSession
from pyhanko.sign.validation import SignatureCoverageLevel, validate_pdf_signature
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.registry import SimpleCertificateStore

from exam_centre.kernel.errors import BadInput
from exam_centre.kernel.sentences import say

ALGORITHM = "ES256"  # ECDSA on P-256 with SHA-256
DIGEST = "sha256"
FIELD = "Signature"
RESERVED = 16_384  # hexadecimal digits for signature and chain; measuring costs a second signature
IDENTITY = "identity.json"
ROOT, ISSUING, SIGNER = "root", "issuing", "signer"
YEARS = {ROOT: 20, ISSUING: 10, SIGNER: 3}
TITLES = {ROOT: "Root", ISSUING: "Issuing CA", SIGNER: "Certificates"}
YEAR = timedelta(days=365)
CLOCK_SLACK = timedelta(minutes=5)
# What reading a file that somebody made up may raise on its way through the parser.
UNREADABLE = (
    PdfError,
    SigningError,
    SignatureValidationError,
    ValueError,
    TypeError,
    LookupError,
    AttributeError,
    ArithmeticError,
    RecursionError,
    zlib.error,
)


class UnreadablePdf(BadInput):
    """The file is no PDF, or one that can not be read."""

    code = "unreadable_pdf"

    def __init__(self) -> None:
        super().__init__(say("This PDF file can not be read. Choose the file as it was issued."))


@dataclass(frozen=True)
class SigningIdentity:
    """Who signs: a key, its certificate and the chain up to the root. Load it once."""

    algorithm: str
    root_pem: bytes  # for people to download and trust
    _signer: "_CachedKeySigner" = field(repr=False)

    @classmethod
    def load(cls, folder: Path) -> "SigningIdentity":
        """Read root.crt.pem, issuing.crt.pem, signer.crt.pem, signer.key.pem and identity.json.

        Raises FileNotFoundError where they are not there; ValueError or TypeError for a key of
        another algorithm.
        """
        facts = json.loads((folder / IDENTITY).read_text())
        if facts.get("algorithm") != ALGORITHM:
            raise ValueError(f"the signing key in {folder} is for {facts.get('algorithm')}")
        key_file = (folder / f"{SIGNER}.key.pem").read_bytes()
        key = serialization.load_pem_private_key(key_file, password=None)
        if not isinstance(key, ec.EllipticCurvePrivateKey):
            raise TypeError(f"the signing key in {folder} is not for {ALGORITHM}")
        root_pem = _certificate_path(folder, ROOT).read_bytes()
        chain = [
            _certificate(_certificate_path(folder, name).read_bytes()) for name in (ISSUING, ROOT)
        ]
        own = _certificate(_certificate_path(folder, SIGNER).read_bytes())
        return cls(ALGORITHM, root_pem, _CachedKeySigner(own, key, chain))

    @property
    def name(self) -> str:
        """Who signs, as the certificate says."""
        return str(self._signer.subject_name)

    def pyhanko_signer(self) -> "_CachedKeySigner":
        """Return what pyHanko signs with."""
        return self._signer


@dataclass(frozen=True)
class SignatureReport:
    """What the validator says of one signature.

    intact   nothing that was signed has changed.
    trusted  the certificate leads to one of the given roots and was valid.
    whole    the signature covers the file to its last byte.
    """

    signer: str
    signed_at: datetime | None  # as the signer claims
    reason: str
    intact: bool
    trusted: bool
    whole: bool
    summary: str  # the validator's own words

    @property
    def is_genuine(self) -> bool:
        """Whether the file is exactly what the signer issued."""
        return self.intact and self.trusted and self.whole


def sign(
    pdf: bytes, identity: SigningIdentity, reason: str, at: datetime, location: str = ""
) -> bytes:
    """Return the file with an invisible PAdES B-B signature appended.

    reason and location are shown by readers next to the signature; `at` is the claimed time,
    aware. Raises UnreadablePdf for what is no PDF, ValueError for a naive time.
    """
    if at.tzinfo is None:
        raise ValueError("the time of signing has a time zone")
    metadata = signers.PdfSignatureMetadata(
        field_name=FIELD,
        md_algorithm=DIGEST,
        reason=reason,
        location=location or None,
        name=identity.name,
        subfilter=SigSeedSubFilter.PADES,
    )
    try:
        writer = IncrementalPdfFileWriter(BytesIO(pdf))
        signer = _TimedPdfSigner(metadata, identity.pyhanko_signer(), at)
        signed = signer.sign_pdf(writer, bytes_reserved=RESERVED)
    except UNREADABLE as error:
        raise UnreadablePdf from error
    return bytes(signed.getbuffer())


def verify(
    pdf: bytes, roots: Sequence[bytes], moment: datetime | None = None
) -> tuple[SignatureReport, ...]:
    """Return a report on each signature in the file; none for a file without any.

    roots   certificates as PEM; nothing else is trusted, and nothing is fetched.
    moment  when certificates must be valid; now if None.
    Raises UnreadablePdf for what is no PDF, or is broken beyond reading.
    """
    trusted = [_certificate(root) for root in roots]
    try:
        reader = PdfFileReader(BytesIO(pdf))
        return tuple(
            _report(embedded, _context(trusted, moment))
            for embedded in reader.embedded_regular_signatures
        )
    except UNREADABLE as error:
        raise UnreadablePdf from error


def make_identity(folder: Path, organisation: str, now: datetime) -> None:
    """Make a root, an issuing authority and a signer with keys of their own, for development.

    In production the root's key is made and kept elsewhere. Raises FileExistsError where there
    is an identity: a new one would leave every signature so far without its root.
    """
    if (folder / IDENTITY).exists():
        raise FileExistsError(f"there is a signing identity in {folder}")
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    issuer_name: x509.Name | None = None
    issuer_key: ec.EllipticCurvePrivateKey | None = None
    for name in (ROOT, ISSUING, SIGNER):
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name(
            [
                x509.NameAttribute(NameOID.ORGANIZATION_NAME, organisation),
                x509.NameAttribute(NameOID.COMMON_NAME, f"{organisation} {TITLES[name]}"),
            ]
        )
        certificate = _issue(name, subject, key, issuer_name or subject, issuer_key or key, now)
        _certificate_path(folder, name).write_bytes(
            certificate.public_bytes(serialization.Encoding.PEM)
        )
        _write_key(folder / f"{name}.key.pem", key)
        issuer_name, issuer_key = subject, key
    (folder / IDENTITY).write_text(json.dumps({"algorithm": ALGORITHM}) + "\n")


class _CachedKeySigner(signers.SimpleSigner):
    """Keeps the parsed key: parsing it takes longer than signing with it."""

    def __init__(
        self,
        certificate: Any,
        key: ec.EllipticCurvePrivateKey,
        chain: Sequence[Any],
    ) -> None:
        store = SimpleCertificateStore()  # type: ignore[no-untyped-call]
        store.register_multiple(chain)
        der = key.private_bytes(
            serialization.Encoding.DER,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        super().__init__(certificate, load_private_key_from_pemder_data(der, None), store)
        self._key = key

    def sign_raw(self, data: bytes, digest_algorithm: str) -> bytes:
        """Sign with the key at hand."""
        if digest_algorithm.lower() != DIGEST:
            raise SigningError(f"{ALGORITHM} does not sign {digest_algorithm}")
        return self._key.sign(data, ec.ECDSA(hashes.SHA256()))


class _TimedPdfSigner(signers.PdfSigner):
    """Claims the time it is given instead of reading the machine's clock."""

    def __init__(
        self, metadata: signers.PdfSignatureMetadata, signer: signers.Signer, at: datetime
    ) -> None:
        super().__init__(metadata, signer)
        self._at = at

    def init_signing_session(self, *args: Any, **kwargs: Any) -> PdfSigningSession:
        """Begin a signature at the given time."""
        session = super().init_signing_session(*args, **kwargs)
        session.system_time = self._at
        return session


def _report(embedded: Any, context: ValidationContext) -> SignatureReport:
    status = validate_pdf_signature(embedded, context)
    entry = embedded.sig_object
    return SignatureReport(
        signer=status.signing_cert.subject.native.get("common_name", ""),
        signed_at=status.signer_reported_dt,
        reason=str(entry.get("/Reason", "")),
        intact=bool(status.intact and status.valid),
        trusted=bool(status.trusted),
        whole=status.coverage is SignatureCoverageLevel.ENTIRE_FILE,
        summary=status.summary(),
    )


def _context(trusted: Sequence[Any], moment: datetime | None) -> Any:
    return ValidationContext(
        trust_roots=list(trusted),
        allow_fetching=False,
        revocation_mode="soft-fail",
        moment=moment,
    )


def _issue(
    name: str,
    subject: x509.Name,
    key: ec.EllipticCurvePrivateKey,
    issuer: x509.Name,
    issuer_key: ec.EllipticCurvePrivateKey,
    now: datetime,
) -> x509.Certificate:
    is_authority = name != SIGNER
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - CLOCK_SLACK)
        .not_valid_after(now + YEARS[name] * YEAR)
        .add_extension(_constraints(name), critical=True)
        .add_extension(_usage(is_authority), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()),
            critical=False,
        )
    )
    return builder.sign(issuer_key, hashes.SHA256())


def _constraints(name: str) -> x509.BasicConstraints:
    lengths = {ROOT: 1, ISSUING: 0}
    return x509.BasicConstraints(ca=name in lengths, path_length=lengths.get(name))


def _usage(is_authority: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not is_authority,
        content_commitment=not is_authority,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=is_authority,
        crl_sign=is_authority,
        encipher_only=False,
        decipher_only=False,
    )


def _write_key(path: Path, key: ec.EllipticCurvePrivateKey) -> None:
    path.touch(mode=0o600, exist_ok=False)
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )


def _certificate_path(folder: Path, name: str) -> Path:
    return folder / f"{name}.crt.pem"


def _certificate(content: bytes) -> Any:
    """Return one certificate as pyHanko takes it. Raises ValueError for none or several."""
    found = list(load_certs_from_pemder_data(content))
    if len(found) != 1:
        raise ValueError(f"{len(found)} certificates where there should be one")
    return found[0]
