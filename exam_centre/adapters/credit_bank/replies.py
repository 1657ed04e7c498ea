"""Reads the bank's replies and believes only what confirms our own request."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus

import httpx

from exam_centre.adapters.credit_bank.port import (
    Accepted,
    Busy,
    CreditState,
    Known,
    Mismatch,
    PushMessage,
    PushReply,
    PushResult,
    Refused,
    Unknown,
)
from exam_centre.adapters.credit_bank.spelling import json_object

LONGEST_PAUSE_SECONDS = 24 * 3600
OUTCOME_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@dataclass(frozen=True)
class Reply:
    """One HTTP reply, read to its end or to the limit."""

    status: int
    headers: httpx.Headers
    content: bytes  # empty where it was longer than allowed

    @property
    def retry_after_seconds(self) -> int | None:
        """Seconds from now, at most a day; None where the bank said nothing readable."""
        text = self.headers.get("Retry-After", "").strip()
        if re.fullmatch(r"[0-9]{1,9}", text):
            return min(int(text), LONGEST_PAUSE_SECONDS)
        try:
            pause = parsedate_to_datetime(text) - datetime.now(UTC)
        except (ValueError, TypeError, OverflowError):
            return None
        return min(max(0, int(pause.total_seconds())), LONGEST_PAUSE_SECONDS)

    def refusal(self) -> Refused:
        """The problem in the reply, or a bare one with the number alone."""
        if 300 <= self.status < 400:
            return Refused(self.status, "redirected", "The bank points elsewhere; not followed.")
        members = json_object(self.content) or {}
        code, detail = members.get("code"), members.get("detail")
        if not isinstance(code, str) or not re.fullmatch(r"[a-z][a-z0-9_]{0,59}", code):
            code = f"http_{self.status}"
        return Refused(self.status, code, short(detail) if isinstance(detail, str) else "")


def push_reply(message: PushMessage, reply: Reply) -> PushReply:
    """Say what a reply means for the message it answers."""
    if reply.status in (HTTPStatus.OK, HTTPStatus.CREATED):
        return _accepted(message, reply)
    if reply.status in (408, 425, 429, 503):
        return Busy(reply.retry_after_seconds, reply.status)
    if reply.status >= 500:
        return Unknown(f"the bank answered {reply.status}")
    if reply.status < 300:
        return Mismatch("200 or 201", str(reply.status))
    refusal = reply.refusal()
    if refusal.code == "in_progress":
        return Busy(reply.retry_after_seconds, reply.status)
    return refusal


def _accepted(message: PushMessage, reply: Reply) -> Accepted | Mismatch:
    expected = f"{message.outcome_id}|{message.version}|{message.body_sha256}"
    members = json_object(reply.content)
    if members is None:
        return Mismatch(expected, short(reply.content[:200].decode("utf-8", "replace")))
    got = f"{members.get('id')}|{members.get('version')}|{members.get('body_sha256')}"
    ref, result = members.get("bank_ref"), members.get("result")
    if got != expected or type(members.get("version")) is not int:
        return Mismatch(expected, short(got))
    if not isinstance(ref, str) or not re.fullmatch(r"[A-Za-z0-9._:-]{1,100}", ref):
        return Mismatch(f"{expected} with a bank_ref", short(str(ref)))
    if result not in list(PushResult):
        return Mismatch(f"{expected} with a result", short(str(result)))
    return Accepted(ref, message.version, message.body_sha256, PushResult(result))


def known_of(members: object) -> Known | None:
    """Read one standing outcome, or return None where a member is missing or malformed."""
    match members:
        case {
            "id": str(outcome_id),
            "version": int(version),
            "body_sha256": str(body_sha256),
            "bank_ref": str(bank_ref),
            "state": str(state),
        } if (
            OUTCOME_ID.fullmatch(outcome_id)
            and version is not True  # which Python takes for a whole number
            and is_sha256(body_sha256)
            and state in list(CreditState)
        ):
            return Known(outcome_id, version, body_sha256, bank_ref, CreditState(state))
    return None


def is_sha256(value: object) -> bool:
    """Whether a value is a SHA-256 digest in lower-case hex."""
    return isinstance(value, str) and re.fullmatch(r"[0-9a-f]{64}", value) is not None


def short(text: str) -> str:
    """Someone else's words, fit for a log line: printable and at most 300 characters."""
    return "".join(c if c.isprintable() else " " for c in text[:300]).strip()
