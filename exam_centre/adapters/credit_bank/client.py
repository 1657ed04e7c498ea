"""The credit bank over HTTP: signed requests to one fixed address."""

import re
import time
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from types import TracebackType
from typing import Any, Self

import httpx
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from http_message_signatures import HTTPMessageSigner, HTTPSignatureKeyResolver
from http_message_signatures.algorithms import ED25519

from exam_centre.adapters.credit_bank.address import checked_base_url
from exam_centre.adapters.credit_bank.port import (
    AccountAnswer,
    AccountResult,
    Busy,
    Known,
    PushMessage,
    PushReply,
    Unknown,
    Unreachable,
)
from exam_centre.adapters.credit_bank.replies import (
    OUTCOME_ID,
    Reply,
    is_sha256,
    known_of,
    push_reply,
    short,
)
from exam_centre.adapters.credit_bank.spelling import (
    BUCKETS,
    bucket_of,
    canonical_json,
    json_object,
)

CONNECT_SECONDS = 3.0
SIGNATURE_LIFE = timedelta(seconds=300)
LONGEST_REPLY = 64 * 1024  # bytes
LONGEST_BUCKET = 16 * 1024 * 1024  # bytes; a bucket lists 1/256 of everything ever credited
MONTH = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])")

PUSH_PARTS = ("@method", "@target-uri", "content-digest", "content-type", "idempotency-key")
QUESTION_PARTS = ("@method", "@target-uri", "content-digest", "content-type")
LOOK_UP_PARTS = ("@method", "@target-uri")
PUSH_TAG = "credit-bank-push"
QUERY_TAG = "credit-bank-query"


class HttpCreditBank:
    """The bank over HTTPS: one fixed address, every request signed, no redirect followed.

    Keeps connections open: make one in each process, after any fork, and close it.
    """

    def __init__(
        self,
        base_url: str,
        key_id: str,
        private_key: Ed25519PrivateKey,
        timeout_seconds: float,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        """Raise ValueError for an address that no bank should have: see `checked_base_url`."""
        self._base_url = checked_base_url(base_url)
        self._key_id = key_id
        self._timeout_seconds = timeout_seconds
        self._signer = HTTPMessageSigner(
            signature_algorithm=ED25519, key_resolver=_OneKey(private_key)
        )
        self._client = httpx.Client(
            transport=transport,
            timeout=httpx.Timeout(timeout_seconds, connect=min(CONNECT_SECONDS, timeout_seconds)),
            follow_redirects=False,
            # Neither proxies nor passwords may come in from the environment.
            trust_env=False,
            # Compressed replies could grow beyond any bound while they are unpacked.
            headers={"Accept": "application/json", "Accept-Encoding": "identity"},
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of open connections."""
        self._client.close()

    def push(self, message: PushMessage) -> PushReply:
        """Send one version; harmless to repeat. Raises ValueError for a malformed id or version."""
        if not OUTCOME_ID.fullmatch(message.outcome_id) or message.version < 1:
            raise ValueError("an outcome id is a UUID in lower case, a version is 1 or more")
        path = f"/api/v1/outcomes/{message.outcome_id}/versions/{message.version}"
        request = self._request("PUT", path, message.body)
        request.headers["Idempotency-Key"] = f'"{message.outcome_id}:{message.version}"'
        reply = self._exchange(request, PUSH_TAG, PUSH_PARTS, LONGEST_REPLY)
        return push_reply(message, reply) if isinstance(reply, Reply) else reply

    def look_up(self, outcome_id: str) -> Known | Unreachable | None:
        """Say what stands at the bank; None: the bank never took this outcome."""
        if not OUTCOME_ID.fullmatch(outcome_id):
            raise ValueError("an outcome id is a UUID in lower case")
        reply = self._ask(self._request("GET", f"/api/v1/outcomes/{outcome_id}"))
        if isinstance(reply, Unreachable):
            # A 404 without the bank's own word for it may come from anything in between.
            is_unknown = reply.status == HTTPStatus.NOT_FOUND and reply.reason == "outcome_unknown"
            return None if is_unknown else reply
        known = known_of(reply)
        if known is None or known.outcome_id != outcome_id:
            return Unreachable("the reply is not about this outcome", HTTPStatus.OK)
        return known

    def validate_account(
        self, account: str, name: str, id_tail: str
    ) -> AccountAnswer | Unreachable:
        """Ask whose account it is; id_tail is the identity number's last four places."""
        body = canonical_json({"account": account, "name": name, "id_tail": id_tail})
        reply = self._ask(self._request("POST", "/api/v1/accounts/validate", body))
        if isinstance(reply, Unreachable):
            return reply
        try:
            return AccountAnswer(AccountResult(reply["result"]), short(str(reply["reason"])))
        except (KeyError, ValueError):
            return Unreachable("the reply is no verdict on an account", HTTPStatus.OK)

    def digest(self, month: str | None) -> tuple[str, ...] | Unreachable:
        """Return 256 bucket digests of a month ("2026-11", of awarding, in UTC), or of all."""
        reply = self._ask(self._request("GET", "/api/v1/digest" + _for_month(month)))
        if isinstance(reply, Unreachable):
            return reply
        buckets = reply.get("buckets")
        if (
            reply.get("month") != month
            or not isinstance(buckets, list)
            or len(buckets) != BUCKETS
            or not all(is_sha256(each) for each in buckets)
        ):
            return Unreachable("the reply is no digest of this month", HTTPStatus.OK)
        return tuple(buckets)

    def bucket(self, month: str | None, number: int) -> tuple[Known, ...] | Unreachable:
        """Return what the bank holds in one bucket, 0..255."""
        if not 0 <= number < BUCKETS:
            raise ValueError("buckets are numbered 0 to 255")
        request = self._request("GET", f"/api/v1/digest/{number}" + _for_month(month))
        reply = self._ask(request, LONGEST_BUCKET)
        if isinstance(reply, Unreachable):
            return reply
        listed = reply.get("outcomes")
        rows = [known_of(each) for each in listed] if isinstance(listed, list) else [None]
        inside = tuple(row for row in rows if row and bucket_of(row.outcome_id) == number)
        if len(inside) != len(rows) or reply.get("month") != month:
            return Unreachable("the reply is no list of this bucket", HTTPStatus.OK)
        return inside

    def _request(self, method: str, path: str, body: bytes | None = None) -> httpx.Request:
        request = self._client.build_request(method, self._base_url + path, content=body)
        if body is not None:
            request.headers["Content-Type"] = "application/json"
        return request

    def _ask(
        self, request: httpx.Request, longest: int = LONGEST_REPLY
    ) -> dict[str, Any] | Unreachable:
        """Ask a question that changes nothing; the code of a refusal becomes the reason."""
        parts = LOOK_UP_PARTS if request.method == "GET" else QUESTION_PARTS
        reply = self._exchange(request, QUERY_TAG, parts, longest)
        if isinstance(reply, Busy):
            return Unreachable("no connection")
        if isinstance(reply, Unknown):
            return Unreachable(reply.reason)
        if reply.status != HTTPStatus.OK:
            return Unreachable(reply.refusal().code, reply.status, reply.retry_after_seconds)
        members = json_object(reply.content)
        return members if members is not None else Unreachable("no JSON object", reply.status)

    def _exchange(
        self, request: httpx.Request, tag: str, parts: tuple[str, ...], longest: int
    ) -> Reply | Busy | Unknown:
        now = datetime.now(UTC)
        self._signer.sign(
            request,
            key_id=self._key_id,
            created=now,
            expires=now + SIGNATURE_LIFE,
            label="sig1",
            tag=tag,
            covered_component_ids=parts,
            # Adds the Content-Digest that the signature covers.
            body=request.content if "content-digest" in parts else None,
        )
        # The client's own limits hold for each read; a bank that drips must end as well.
        deadline = time.monotonic() + self._timeout_seconds
        content = bytearray()
        try:
            response = self._client.send(request, stream=True)
            try:
                for chunk in response.iter_raw():
                    content += chunk
                    if len(content) > longest:
                        break
                    if time.monotonic() > deadline:
                        return Unknown("the reply did not end in time")
            finally:
                response.close()
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout):
            return Busy(None, None)
        except httpx.HTTPError as error:
            return Unknown(f"{type(error).__name__} after sending")
        if len(content) > longest:
            content.clear()
        return Reply(response.status_code, response.headers, bytes(content))


class _OneKey(HTTPSignatureKeyResolver):
    def __init__(self, private_key: Ed25519PrivateKey) -> None:
        self._private_key = private_key

    def resolve_private_key(self, key_id: str) -> Ed25519PrivateKey:
        return self._private_key


def _for_month(month: str | None) -> str:
    if month is None:
        return ""
    if not MONTH.fullmatch(month):
        raise ValueError('a month looks like "2026-11"')
    return f"?month={month}"
