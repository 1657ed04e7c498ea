"""The press: signs and prints certificates, for one credential or for a whole series."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Any, ClassVar

from exam_centre.accounts.models import User
from exam_centre.accounts.service import actor_of
from exam_centre.adapters.credentials import CredentialSigner, did_web, load_signer
from exam_centre.adapters.pdf import CannotDraw, Fonts, draw
from exam_centre.adapters.pdf_signing import IDENTITY, SigningIdentity, sign
from exam_centre.adapters.storage import DiskStorage
from exam_centre.calendar.models import Series
from exam_centre.certificates import queries, service
from exam_centre.certificates.documents import certificate_document
from exam_centre.certificates.models import Certificate, Credential
from exam_centre.certificates.rules import CredentialStatus
from exam_centre.certificates.rules.printing import (
    TEMPLATE,
    NoSigningKey,
    NotInForce,
    serial_of,
)
from exam_centre.kernel import clock
from exam_centre.kernel.database import in_unit_of_work, reading, unit_of_work
from exam_centre.kernel.jobs import Progress, job
from exam_centre.kernel.permissions import Actor

ISSUE = "certificates.issue"
SIGNING = "signing"  # beneath the keys' folder: who signs the files
SIGNED_FOR = "Certificate of course completion"  # as PDF readers show beside the signature


@dataclass(frozen=True)
class Press:
    """The keys, fonts and storage of this installation; each is read when it is first needed."""

    keys_dir: Path
    files_dir: Path
    assets_dir: Path
    public_url: str  # no slash at its end
    issuer_name: str  # as certificates and credentials say it

    @cached_property
    def signer(self) -> CredentialSigner:
        """Who issues credentials. Raises NoSigningKey."""
        try:
            return load_signer(
                self.keys_dir,
                issuer_id=did_web(self.public_url),
                issuer_name=self.issuer_name,
                base_url=self.public_url,
            )
        except FileNotFoundError as error:
            raise NoSigningKey from error

    @cached_property
    def fonts(self) -> Fonts:
        """The fonts. Raises FileNotFoundError where `make assets` has not put them."""
        return Fonts.from_assets(self.assets_dir)

    @cached_property
    def storage(self) -> DiskStorage:
        """Where the files are kept."""
        return DiskStorage(self.files_dir)

    @cached_property
    def identity(self) -> SigningIdentity | None:
        """Who signs the files, or None where this installation has no such key."""
        folder = self.keys_dir / SIGNING
        return SigningIdentity.load(folder) if (folder / IDENTITY).exists() else None


class _Current:
    """The press of this process, set once by whoever plugs the room in."""

    press: ClassVar[Press | None] = None


def connect(press: Press) -> None:
    """Make `press` the one that pages and the runner print with from now on."""
    _Current.press = press


def press() -> Press:
    """Return the press of this process."""
    if _Current.press is None:
        raise RuntimeError("no press is connected: create_app comes first")
    return _Current.press


@job(ISSUE)
def issue_series(arguments: dict[str, Any], progress: Progress) -> None:
    """Issue what a series has released and not certified, and print what can be printed.

    arguments  "series" and "user", ids. A name that no font can draw stops that certificate and no
               other; the series' page lists it. Running it again prints only what is missing.
    """
    series_id = int(arguments["series"])
    with unit_of_work() as session:
        actor = actor_of(session, session.get_one(User, int(arguments["user"])))
        series = session.get_one(Series, series_id)
        service.follow_release(session, actor, series, press().signer, now=clock.now())
    print_series(actor, series_id, clock.now, progress)


def print_series(
    actor: Actor,
    series_id: int,
    now: Callable[[], datetime],
    progress: Progress = lambda _done, _total: None,
) -> int:
    """Print every active credential of a series that has no certificate; return how many were."""
    with reading() as session:
        wanted = queries.unprinted(session, series_id, TEMPLATE)
    printed = 0
    for done, credential_id in enumerate(wanted):
        progress(done, len(wanted))
        try:
            print_certificate(actor, credential_id, now())
        except CannotDraw:
            continue
        printed += 1
    tell_ready(series_id, now)
    progress(len(wanted), len(wanted))
    return printed


def tell_ready(series_id: int, now: Callable[[], datetime]) -> None:
    """Tell everybody whose certificates of a series are ready and who was not told."""
    while in_unit_of_work(lambda session: service.tell_ready(session, series_id, now=now())):
        pass


def print_certificate(actor: Actor, credential_id: int, now: datetime) -> Certificate:
    """Draw, sign and keep the certificate of one credential; the one that exists is returned.

    Raises CannotDraw where no font has a character, NotInForce, Forbidden.
    """
    with reading() as session:
        credential = session.get_one(Credential, credential_id)
        known = queries.certificate_of(session, credential)
        if known is not None:
            return known
        if credential.status is not CredentialStatus.ACTIVE:
            raise NotInForce
        facts = queries.facts_of(session, [credential.outcome_id])[credential.outcome_id]
        series = session.get_one(Series, facts.series_id)
        serial = serial_of(series.code, *queries.list_of(session, credential))
    code = service.new_verify_code()
    document = certificate_document(
        facts,
        credential,
        issuer_name=press().issuer_name,
        serial=serial,
        verify_code=code,
        public_url=press().public_url,
    )
    pdf = draw(document, press().fonts)
    identity = press().identity
    if identity is not None:
        pdf = sign(pdf, identity, SIGNED_FOR, now)
    key = press().storage.put(pdf)
    return in_unit_of_work(
        lambda session: service.keep_certificate(
            session,
            actor,
            session.get_one(Credential, credential_id),
            template=TEMPLATE,
            serial=serial,
            verify_code=code,
            file_key=key,
            file_sha256=sha256(pdf).hexdigest(),
            now=now,
        )
    )
