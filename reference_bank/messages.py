"""The typed bodies that callers send to the bank."""

import json
from decimal import Decimal
from typing import Annotated, Any, Literal, NoReturn, TypeAlias, TypeVar

from pydantic import (
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    PositiveInt,
    StringConstraints,
    TypeAdapter,
    ValidationError,
)

from reference_bank.refusals import Code, Refusal, WrongMember, wrong_member

Text = Annotated[str, StringConstraints(pattern=r"^[^\x00-\x1f\x7f]{1,200}$")]
Name = Annotated[str, StringConstraints(pattern=r"^[^\x00-\x1f\x7f]{1,100}$")]
Token = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._:@#/-]{0,99}$")]
Word = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
Uuid = Annotated[
    str,
    StringConstraints(pattern=r"^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$"),
]
Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
IdTail = Annotated[str, StringConstraints(pattern=r"^[0-9]{3}[0-9X]$")]
# Numbers with a fraction travel as text: a binary fraction could not hold "0.1" and come back.
CreditText = Annotated[str, StringConstraints(pattern=r"^(0|[1-9][0-9]{0,2})(\.[05])?$")]
ScoreText = Annotated[str, StringConstraints(pattern=r"^(0|[1-9][0-9]{0,3})(\.[0-9]{1,2})?$")]
Version = Annotated[int, Field(ge=1, le=1_000_000)]

Reason = Literal[
    "mark_review",
    "appeal_upheld",
    "clerical_correction",
    "evidence_correction",
    "below_pass_mark",
    "offence_case_open",
    "offence_case_closed",
    "offence_proven",
    "identity_in_doubt",
    "identity_confirmed",
    "issued_in_error",
    "consent_withdrawn",
]


class Body(BaseModel):
    """A body with exactly the members listed: one that is not in the contract is refused."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Replaces(Body):
    version: Version
    reason: Reason


class IssuerPart(Body):
    id: Token
    centre_code: Token


class HolderCheck(Body):
    method: Word
    at: AwareDatetime
    result: Literal["match"]


class LearnerPart(Body):
    account: Token
    holder_check: HolderCheck


class UnitPart(Body):
    code: Token
    version: Token
    title: Text
    framework: Token
    level: Annotated[int, Field(ge=1, le=10)]
    credits: CreditText
    notional_hours: Annotated[int, Field(ge=0, le=10_000)]
    kind: Word


class AssessmentPart(Body):
    type: Word
    attempt: Annotated[int, Field(ge=1, le=99)]
    started_at: AwareDatetime
    ended_at: AwareDatetime
    score: ScoreText | None = None  # None: judged without a number, then max and pass_mark too
    max: ScoreText | None = None
    pass_mark: ScoreText | None = None
    grade: Text | None = None
    status: Literal["passed"]  # a correction below the pass mark is a revocation, not an upsert


class EvidencePart(Body):
    venue: Token
    room: Text | None = None  # None: work that had no seat, such as a thesis
    seat: Text | None = None
    supervision: Word
    participation: Word
    identity_checked_at: AwareDatetime | None = None
    invigilators: Annotated[int, Field(ge=0, le=99)]
    seating_sha256: Sha256 | None = None
    script_sha256: Sha256 | None = None


class VerificationPart(Body):
    """Two people stood behind the message; the bank refuses one person twice."""

    first: Token
    second: Token
    at: AwareDatetime


class ValidityPart(Body):
    awarded_at: AwareDatetime
    valid_from: AwareDatetime
    valid_until: AwareDatetime


class CredentialPart(Body):
    id: Annotated[str, StringConstraints(pattern=r"^urn:uuid:[0-9a-f-]{36}$")]
    format: Literal["vc+jwt", "vc+ld+json"]
    sha256: Sha256


class Upsert(Body):
    """Credit an outcome, or correct what was credited."""

    schema_: Literal["outcome/1"] = Field(alias="schema")
    outcome_id: Uuid
    version: Version
    kind: Literal["upsert"]
    replaces: Replaces | None = None  # absent in version 1, required afterwards
    issuer: IssuerPart
    learner: LearnerPart
    unit: UnitPart
    assessment: AssessmentPart
    evidence: EvidencePart
    verification: VerificationPart
    validity: ValidityPart
    credential: CredentialPart


class StateChange(Body):
    """Suspend, resume or (finally) revoke what was credited."""

    schema_: Literal["outcome/1"] = Field(alias="schema")
    outcome_id: Uuid
    version: Version
    kind: Literal["suspend", "resume", "revoke"]
    replaces: Replaces
    issuer: IssuerPart
    verification: VerificationPart


OutcomeMessage: TypeAlias = Annotated[Upsert | StateChange, Field(discriminator="kind")]
OUTCOME_MESSAGE: TypeAdapter[Upsert | StateChange] = TypeAdapter(OutcomeMessage)


class NewIssuer(Body):
    """One Ed25519 key that may sign for an issuer; an issuer may hold several."""

    key_id: Token
    issuer_id: Token
    public_key_pem: Annotated[str, StringConstraints(min_length=1, max_length=2000)]


class NewAccount(Body):
    account: Token
    name: Name
    id_tail: IdTail


class AccountQuestion(Body):
    """Is this the holder of the account? `id_tail` is the identity number's last four places."""

    account: Token
    name: Name
    id_tail: IdTail


class NewUnit(Body):
    """An accreditation unit that credits may be given for."""

    code: Token
    version: Token
    title: Text
    framework: Token
    level: PositiveInt
    credits: CreditText
    kind: Word


BodyType = TypeVar("BodyType", bound=BaseModel)


def read_body(raw: bytes, shape: type[BodyType]) -> BodyType:
    """Read one JSON body of a known shape, or raise Refusal naming each wrong member."""
    _refuse_doubtful_json(raw)
    try:
        return shape.model_validate_json(raw)
    except ValidationError as error:
        raise _refusal_of(error, tagged=False) from error


def read_outcome_message(raw: bytes) -> Upsert | StateChange:
    """Read a push, or raise Refusal naming each member that breaks the contract."""
    _refuse_doubtful_json(raw)
    try:
        message = OUTCOME_MESSAGE.validate_json(raw)
    except ValidationError as error:
        raise _refusal_of(error, tagged=True) from error
    _check_members_together(message)
    return message


def _refuse_doubtful_json(raw: bytes) -> None:
    # A lenient reader keeps the last of two equal members and knows NaN: two readers of one signed
    # body could then disagree about what was signed.
    def refuse_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        members = dict(pairs)
        if len(members) != len(pairs):
            raise ValueError("a member stands twice")
        return members

    def refuse_number(text: str) -> NoReturn:
        raise ValueError(f"{text} must travel as text")

    try:
        json.loads(
            raw.decode("utf-8"),
            object_pairs_hook=refuse_duplicates,
            parse_constant=refuse_number,
            parse_float=refuse_number,
        )
    except (ValueError, RecursionError) as error:
        raise Refusal(Code.BODY_INVALID, f"The body is no acceptable JSON: {error}") from error


def _refusal_of(error: ValidationError, tagged: bool) -> Refusal:
    wrong = []
    for fault in error.errors(include_url=False, include_input=False, include_context=False):
        place = fault["loc"][1:] if tagged and fault["loc"] else fault["loc"]
        member = ".".join(str(part) for part in place)
        if fault["type"].startswith("union_tag"):
            member = "kind"
        wrong.append(WrongMember(member, fault["msg"]))
    names = ", ".join(each.member for each in wrong)
    return Refusal(Code.BODY_INVALID, f"These members break the contract: {names}", wrong)


def _check_members_together(message: Upsert | StateChange) -> None:
    if message.verification.first == message.verification.second:
        raise wrong_member("verification.second", "must be another person than the first")
    if message.replaces is None and message.version > 1:
        raise wrong_member("replaces", "is required after version 1")
    if message.replaces is not None and message.replaces.version >= message.version:
        raise wrong_member("replaces.version", "must be lower than the version that replaces it")
    if isinstance(message, StateChange):
        return
    if message.assessment.ended_at < message.assessment.started_at:
        raise wrong_member("assessment.ended_at", "lies before the start")
    if message.validity.valid_until <= message.validity.valid_from:
        raise wrong_member("validity.valid_until", "must lie after valid_from")
    _check_score(message.assessment)


def _check_score(assessment: AssessmentPart) -> None:
    texts = (assessment.score, assessment.max, assessment.pass_mark)
    numbers = [Decimal(text) for text in texts if text is not None]
    if not numbers:
        return
    if len(numbers) < len(texts):
        raise wrong_member("assessment.score", "comes together with max and pass_mark")
    score, highest, needed = numbers
    if score > highest:
        raise wrong_member("assessment.score", "is above max")
    if score < needed:
        raise wrong_member("assessment.score", "is below pass_mark, so nothing was passed")
