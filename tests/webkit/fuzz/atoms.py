"""What nobody means to send: texts, numbers, files and bodies that break careless programs."""

import io
import zipfile
from random import Random

from PIL import Image

LONG = "长" * 300
TEXTS = (
    "",
    " ",
    "\u3000",  # the blank of a Chinese keyboard
    "0",
    "-1",
    "999999999999999999999999",
    "9223372036854775808",
    "2147483648",
    "1e400",
    "NaN",
    "-0.0000001",
    "１２３",  # full-width digits
    "٣",
    "true",
    "None",
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "<b>王立</b> & <para>",
    "{{ 7 * 7 }}",
    "%(name)s {name} %s",
    "=1+1",
    "@SUM(A1:A9)",
    "＝cmd|' /C calc'!A0",
    "' OR 1=1 --",
    "%_\\",
    "../../etc/passwd",
    "王\x00立",
    "王\x07立",
    "\x1b[31m",
    "\r\nSet-Cookie: a=b",
    "\ud800",  # half a character: surrogates can be put into a body, never typed
    "王\udfff立",
    "\u202e王立",  # what follows reads from right to left
    "\u200f1001",
    "\ufeff王立",
    "\U0001f600\U0001f468\u200d\U0001f469\u200d\U0001f467",
    "𠀋𪚥𠮷",  # extension B: outside the basic plane
    "買買提·艾力",
    "é" + "e\u0301" * 40,
    "x" * 300,
    LONG,
    "9" * 300,
    "2026-13-45",
    "2026-02-30T25:61",
    "0001-01-01T00:00",
    "2099-12-31T23:59",
    "9999-12-31",
    "Asia/Shanghai",
)
SEGMENTS = (
    "A" * 22,
    "-" * 22,
    "_" * 23,
    "0",
    "-1",
    "2147483647",
    "2147483648",
    "9" * 40,
    "%00",
    "%ED%A0%80",  # the bytes of half a character, no UTF-8
    "%FF%FE",
    "%E2%80%AE",
    "%F0%A0%80%8B",
    "%0D%0A",
    "%2e%2e%2f",
    "%E9%95%BF" * 300,
    "{7*7}",
    "null",
    "2026-02-30",
    "2026-12-12",
    "9999-99-99",
    "0000-00-00",
)
QUERIES = ("page", "q", "status", "next", "kind", "key", "sent", "unit", "series", "venue", "room",
           "day", "paper", "sort", "code", "only", "show", "verdict", "language")  # fmt: skip
METHODS = ("PUT", "DELETE", "PATCH", "OPTIONS", "HEAD", "TRACE", "POST", "GET", "PROPFIND")
CONTENT_TYPES = (
    "application/json",
    "text/plain",
    "application/xml",
    "multipart/form-data",  # and no boundary
    "multipart/form-data; boundary=x",
    "application/x-www-form-urlencoded; charset=gb18030",
    "image/png",
    "",
    "a/b; \x7f",
)
BODIES = (
    b"",
    b"{",
    b"null",
    b"[]",
    b'"text"',
    b"17",
    b"NaN",
    b'{"cells": 3}',
    b'{"cells": [null, 3, "x"]}',
    b'{"cells": [{"place": 99999999999999999999, "typed": "85"}]}',
    b'{"cells": [{"place": true, "typed": {"a": []}}]}',
    b'{"cells": [{"place": 1, "typed": "\\ud800", "version": 99999999999999999999}]}',
    b'{"cells": [{"place": 1, "typed": "85", "version": -1, "tail": "\\u0000"}]}',
    b'{"scan_no": "1", "token": "x", "device_time": "9999-12-31T23:59:59+00:00"}',
    b'{"scan_no": "1", "token": "x", "device_time": "0001-01-01T00:00:00+14:00"}',
    b'{"scan_no": {}, "token": [], "device_time": 1e400}',
    b"[" * 2000,
    b"\xff\xfe\x00",
    b"a=1&a=2&a=3&=&&;;%",
    b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.xlsx"\r\n\r\nPK\r\n--x--',
)


def _zip(**members: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name.replace("__", "/"), content)
    return buffer.getvalue()


def picture(kind: str = "JPEG") -> bytes:
    """Return a small picture that is what it says."""
    buffer = io.BytesIO()
    Image.new("RGB", (120, 160), (200, 180, 160)).save(buffer, kind)
    return buffer.getvalue()


FILES: tuple[tuple[str, bytes], ...] = (
    ("empty.csv", b""),
    ("名单.xlsx", b"this is no workbook"),
    ("a.xlsx", _zip(hello=b"no workbook either")),
    ("b.xlsx", _zip(xl__workbook=b"<x", a=b"\0" * 3_000_000)),
    ("c.csv", b"\xff\xfe\x00\x01" * 40),
    ("d.csv", "person_no,name\n=1+1,<b>王</b>\n".encode()),
    ("e.csv", "org_code,parent_code,level,name\n32,HQ,provincial,𠀋\n".encode("gb18030")),
    ("f.csv", ("a," * 5000 + "\n").encode()),
    ("g.csv", b'"never ends'),
    ("h.zip", picture()),
    ("i.zip", _zip(a=b"x", b__c=picture())),
    ("j.jpg", picture("PNG")),
    ("k.jpg", picture()[:200]),
    ("l.pdf", b"%PDF-1.7\n%%EOF"),
    ("../../m.csv", b"person_no\n1\n"),
    ("n\u202excslx.exe", b"MZ"),
    ("", b"nameless"),
)


def text(chance: Random) -> str:
    """Return one hostile text."""
    return chance.choice(TEXTS)
