"""Who and what the bank knows before any push: issuers' keys, accounts, accreditation units."""

import unicodedata
from decimal import Decimal
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from sqlalchemy.orm import Session

from reference_bank.messages import AccountQuestion, NewAccount, NewIssuer, NewUnit
from reference_bank.models import Account, Issuer, Unit
from reference_bank.refusals import Code, Refusal, wrong_member
from reference_bank.replies import AccountVerdict

# Dots that people type between the parts of a name, and the one that names are compared with.
NAME_DOTS = str.maketrans(dict.fromkeys("•‧∙・.", "·"))


def register_issuer(session: Session, new: NewIssuer) -> bool:
    """Register a key; True when it is new. The same key id with another key is refused."""
    _ed25519_key(new.public_key_pem)
    known = session.get(Issuer, new.key_id)
    if known is None:
        session.add(Issuer(**new.model_dump()))
        return True
    _refuse_change(
        (known.issuer_id, known.public_key_pem.strip())
        == (new.issuer_id, new.public_key_pem.strip()),
        "The key id is registered with another key or issuer.",
    )
    return False


def open_account(session: Session, new: NewAccount) -> bool:
    """Open an account; True when it is new. The same number for somebody else is refused."""
    known = session.get(Account, new.account)
    if known is None:
        session.add(Account(**new.model_dump()))
        return True
    _refuse_change(
        (known.name, known.id_tail) == (new.name, new.id_tail),
        "The account number belongs to another holder.",
    )
    return False


def register_unit(session: Session, new: NewUnit) -> bool:
    """Register a unit's version; True when it is new. A version once published never changes."""
    facts = new.model_dump() | {"credits": Decimal(new.credits)}
    known = session.get(Unit, (new.code, new.version))
    if known is None:
        session.add(Unit(**facts))
        return True
    _refuse_change(
        all(getattr(known, name) == fact for name, fact in facts.items()),
        "This version of the unit is published with other facts.",
    )
    return False


def judge_holder(session: Session, question: AccountQuestion) -> AccountVerdict:
    """Say whether the details are those of the account's holder, and nothing more."""
    known = session.get(Account, question.account)
    if known is None:
        return AccountVerdict(result="unknown", reason="The bank holds no such account.")
    if (plain_name(known.name), known.id_tail) == (plain_name(question.name), question.id_tail):
        return AccountVerdict(result="match", reason="The details are those of the account.")
    return AccountVerdict(result="mismatch", reason="The details are not those of the account.")


def plain_name(name: str) -> str:
    """A name for comparison: width, case, spaces and the kind of dot do not matter."""
    folded = unicodedata.normalize("NFKC", name).casefold().translate(NAME_DOTS)
    return "".join(folded.split())


def load_issuer_keys(session: Session, folder: Path) -> int:
    """Register every <key id>.pem of a folder, and say how many there were.

    Each file carries a line `Issuer: <issuer id>` before the key. Raises ValueError when it does
    not, and Refusal when the key is none or is registered otherwise.
    """
    files = sorted(folder.glob("*.pem"))
    for file in files:
        text = file.read_text(encoding="utf-8")
        preamble, begin, rest = text.partition("-----BEGIN")
        label, _, issuer_id = preamble.strip().partition(":")
        if label.casefold() != "issuer" or not issuer_id.strip():
            raise ValueError(f"{file}: the line 'Issuer: <issuer id>' before the key is missing")
        new = NewIssuer(key_id=file.stem, issuer_id=issuer_id.strip(), public_key_pem=begin + rest)
        register_issuer(session, new)
    return len(files)


def _ed25519_key(pem: str) -> Ed25519PublicKey:
    try:
        key = load_pem_public_key(pem.encode())
    except ValueError as error:
        raise wrong_member("public_key_pem", "is no public key") from error
    if not isinstance(key, Ed25519PublicKey):
        raise wrong_member("public_key_pem", "is no Ed25519 key")
    return key


def _refuse_change(same: bool, sentence: str) -> None:
    if not same:
        raise Refusal(Code.REGISTERED_OTHERWISE, sentence)
