"""A workbook's parts, unpacked with every real byte counted and every XML part looked through."""

import zipfile
import zlib
from collections.abc import Iterator
from io import BytesIO
from typing import Any
from xml.parsers import expat

from exam_centre.adapters.spreadsheets.cells import DamagedFile, FileTooLarge, Limits
from exam_centre.kernel.sentences import say

LOCAL_HEADER = 30  # bytes before a part's name
NAME_LENGTH, EXTRA_LENGTH = slice(26, 28), slice(28, 30)
ENCRYPTED = 0x1
CHUNK = 1 << 18
SMALL = 1_000_000  # unpacked bytes below which a high ratio harms nobody
TEXT_PARTS = (".xml", ".rels")


class ForbiddenXml(Exception):
    """XML that declares a document type, and with it perhaps entities that grow without end."""


def unpack(data: bytes, limits: Limits) -> dict[str, bytes]:
    """Return the XML parts of a workbook by name; pictures and macros are left out.

    Sizes in the file's own directory may lie: what counts is what comes out, chunk by chunk.
    Raises FileTooLarge beyond the limits, DamagedFile for a broken or encrypted archive.
    """
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, ValueError, OverflowError, NotImplementedError) as error:
        raise DamagedFile(say("The workbook is cut off or damaged.")) from error
    if len(entries) > limits.entries:
        raise FileTooLarge(
            say(
                "The workbook has {count} parts; {most} are allowed.",
                count=len(entries),
                most=limits.entries,
            )
        )
    parts: dict[str, bytes] = {}
    total = 0
    for entry in entries:
        if not entry.filename.endswith(TEXT_PARTS):
            continue
        if entry.filename in parts or entry.flag_bits & ENCRYPTED:
            raise DamagedFile(say("The workbook is protected or has a part twice."))
        content = bytearray()
        for chunk in _inflate(data, entry):
            content += chunk
            total += len(chunk)
            _refuse_bomb(total, len(data), limits)
        if len(content) != entry.file_size or zlib.crc32(content) != entry.CRC:
            raise DamagedFile(say("The workbook is cut off or damaged."))
        parts[entry.filename] = bytes(content)
    return parts


def pack(parts: dict[str, bytes]) -> BytesIO:
    """Return an archive of exactly these parts, so that the parser sees nothing else."""
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as archive:
        for name, content in parts.items():
            archive.writestr(zipfile.ZipInfo(name), content)
    packed.seek(0)
    return packed


def xml_parser() -> expat.XMLParserType:
    """Return a parser that raises ForbiddenXml at a document type, before any entity is known."""
    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = _refuse_doctype
    parser.buffer_text = True
    return parser


def elements(xml: bytes) -> list[tuple[str, dict[str, str]]]:
    """Return (name without prefix, attributes) of each element, in order: for small parts."""
    found: list[tuple[str, dict[str, str]]] = []
    parser = xml_parser()
    parser.StartElementHandler = lambda name, attributes: found.append(
        (name.rpartition(":")[2], attributes)
    )
    parser.Parse(xml, True)
    return found


def _refuse_doctype(*_facts: Any) -> None:
    raise ForbiddenXml


def _inflate(data: bytes, entry: zipfile.ZipInfo) -> Iterator[bytes]:
    """Yield a part's real content in chunks, whatever size its directory entry claims."""
    header = data[entry.header_offset : entry.header_offset + LOCAL_HEADER]
    start = entry.header_offset + LOCAL_HEADER + _number(header[NAME_LENGTH])
    start += _number(header[EXTRA_LENGTH])
    packed = data[start : start + entry.compress_size]
    if entry.compress_type == zipfile.ZIP_STORED:
        yield packed
        return
    if entry.compress_type != zipfile.ZIP_DEFLATED:
        raise DamagedFile(say("The workbook is packed in an unusual way."))
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        while packed and not inflater.eof:
            yield inflater.decompress(packed, CHUNK)
            packed = inflater.unconsumed_tail
        yield inflater.flush()
    except zlib.error as error:
        raise DamagedFile(say("The workbook is cut off or damaged.")) from error


def _refuse_bomb(total: int, packed: int, limits: Limits) -> None:
    if total > limits.unpacked_bytes or (total > SMALL and total > limits.ratio * packed):
        raise FileTooLarge(
            say(
                "The workbook unpacks to more than {most} megabytes, or to more than {ratio} "
                "times its size.",
                most=limits.unpacked_bytes // 1_000_000,
                ratio=limits.ratio,
            )
        )


def _number(two_bytes: bytes) -> int:
    return int.from_bytes(two_bytes, "little")
