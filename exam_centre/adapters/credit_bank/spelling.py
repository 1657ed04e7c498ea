"""Spellings that both sides must share to the byte: bodies, buckets and their digests."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any, NoReturn

BUCKETS = 256
LARGEST_WHOLE_NUMBER = 2**53 - 1  # beyond it, readers in other languages round


def canonical_json(mapping: Mapping[str, object]) -> bytes:
    """Return the one spelling of a body: keys sorted, no spaces, UTF-8.

    Raises ValueError for what has no single spelling: a float, a whole number beyond 2^53, a key
    that is not plain ASCII text, a lone surrogate, and any type JSON does not have.
    """
    plain = dict(mapping)
    _refuse_ambiguous(plain)
    return json.dumps(plain, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def bucket_of(outcome_id: str) -> int:
    """Return 0..255: the first byte of the SHA-256 of the id's characters."""
    return hashlib.sha256(outcome_id.encode()).digest()[0]


def bucket_digests(rows: Iterable[tuple[str, int, str]]) -> tuple[str, ...]:
    """Return our 256 digests, to compare with the bank's.

    rows     (outcome_id, version, body_sha256) of the latest version sent of each outcome.
    """
    lines: list[list[str]] = [[] for _ in range(BUCKETS)]
    for outcome_id, version, body_sha256 in rows:
        lines[bucket_of(outcome_id)].append(f"{outcome_id}|{version}|{body_sha256}")
    return tuple(hashlib.sha256("\n".join(sorted(each)).encode()).hexdigest() for each in lines)


def json_object(content: bytes) -> dict[str, Any] | None:
    """Read a JSON object, or return None where there is none that every reader would read alike."""
    try:
        parsed = json.loads(
            content.decode("utf-8"),
            object_pairs_hook=_members_once,
            parse_constant=_refuse_constant,
        )
    except (ValueError, RecursionError):
        return None
    return parsed if isinstance(parsed, dict) else None


def _members_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("a member stands twice")
    return members


def _refuse_constant(text: str) -> NoReturn:
    raise ValueError(f"{text} is no JSON")


def _refuse_ambiguous(value: object) -> None:
    match value:
        case None | bool() | str():
            return
        case int():
            if abs(value) > LARGEST_WHOLE_NUMBER:
                raise ValueError(f"{value} is too large for every reader; send it as text")
        case dict():
            for key, member in value.items():
                if not isinstance(key, str) or not key.isascii():
                    raise ValueError(f"{key!r} is no plain ASCII key")
                _refuse_ambiguous(member)
        case list() | tuple():
            for member in value:
                _refuse_ambiguous(member)
        case _:
            raise ValueError(f"{type(value).__name__} has no single spelling; send it as text")
