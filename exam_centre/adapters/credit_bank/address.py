"""Which addresses a credit bank may have."""

import re
from ipaddress import ip_address

import httpx

PLAIN_URL = re.compile(r"https?://[\[\]A-Za-z0-9.:-]+(/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)*/?")
HOST_LABEL = r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
# The last label begins with a letter: 2130706433, 0x7f000001 and 127.1 are no names.
HOST_NAME = re.compile(rf"(?=.{{1,253}}$)({HOST_LABEL}\.)*(?=[a-z]){HOST_LABEL}")


def checked_base_url(base_url: str) -> str:
    """Return the bank's address without a trailing slash.

    Raises ValueError unless it is https with a plain host name or address, or http on this very
    machine; and for user names, queries, fragments, disguised addresses (decimal, hexadecimal,
    shortened), and link-local, multicast or unspecified ones. A name that is later made to point
    inside can not show the bank's certificate, so https covers that too.
    """
    try:
        url = httpx.URL(base_url)
    except (httpx.InvalidURL, TypeError) as error:
        raise ValueError(f"the bank's address is no URL: {error}") from error
    host = url.raw_host.decode("ascii")
    if not PLAIN_URL.fullmatch(base_url):
        raise ValueError("the bank's address is not a plain https://host/path")
    if url.port is not None and not 0 < url.port < 65536:
        raise ValueError("the bank's address has an impossible port")
    is_this_machine = _is_this_machine(host)
    if url.scheme == "http" and not is_this_machine:
        raise ValueError("the bank's address must be https, except on this machine")
    return base_url.rstrip("/")


def _is_this_machine(host: str) -> bool:
    """Whether a host is a loopback one; ValueError where it is no acceptable host at all."""
    try:
        address = ip_address(host)
    except ValueError:
        if not HOST_NAME.fullmatch(host):
            raise ValueError("the bank's host is neither a name nor a plain address") from None
        return host == "localhost"
    mapped = getattr(address, "ipv4_mapped", None) or address
    if mapped.is_link_local or mapped.is_multicast or mapped.is_unspecified:
        raise ValueError("the bank's host is an address no bank has")
    return bool(mapped.is_loopback)
