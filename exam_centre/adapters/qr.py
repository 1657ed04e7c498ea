"""QR codes: text to a matrix of modules, to SVG for pages and to one vector path for paper."""

from collections.abc import Iterator
from typing import TypeAlias

import qrcode
from qrcode import constants, util
from qrcode.exceptions import DataOverflowError

from exam_centre.kernel.errors import BadInput
from exam_centre.kernel.sentences import say

Matrix: TypeAlias = tuple[tuple[bool, ...], ...]  # [row][column], True is a dark module

QUIET_ZONE = 4  # modules of white that readers need on every side
# Weighing all eight masks costs seven times the rest. The texts are signatures, as good as random:
# no mask is better than another, which the tests prove by reading many back.
MASK = 2
LEVELS = {
    "L": constants.ERROR_CORRECT_L,
    "M": constants.ERROR_CORRECT_M,
    "Q": constants.ERROR_CORRECT_Q,
    "H": constants.ERROR_CORRECT_H,
}


class TooLongForQr(BadInput):
    """No QR code of any size holds this text."""

    code = "too_long_for_qr"

    def __init__(self, length: int) -> None:
        self.length = length
        super().__init__(
            say("{length} bytes are too many for a QR code. Encode a shorter text.", length=length)
        )


def matrix(text: str, level: str = "M") -> Matrix:
    """Return the dark modules, square, without the quiet zone.

    level  "L", "M", "Q" or "H": 7, 15, 25 or 30 per cent of the code may be damaged.
    The same text always gives the same matrix. Slip tokens come out as version 6, 41 modules.
    Raises TooLongForQr, and KeyError for another level.
    """
    content = text.encode()
    code = qrcode.QRCode(
        version=1,  # the least; `fit` takes the first that holds the text
        error_correction=LEVELS[level],
        box_size=1,
        border=0,
        mask_pattern=MASK,
    )
    code.add_data(util.QRData(content, mode=util.optimal_mode(content)), optimize=0)
    try:
        code.make(fit=True)
    except (DataOverflowError, ValueError) as error:
        raise TooLongForQr(len(content)) from error
    return tuple(tuple(bool(module) for module in row) for row in code.get_matrix())


def runs(modules: Matrix) -> Iterator[tuple[int, int, int]]:
    """Yield (row, first column, length) of each unbroken run of dark modules."""
    for number, row in enumerate(modules):
        start = None
        for column, is_dark in enumerate((*row, False)):
            if is_dark and start is None:
                start = column
            elif not is_dark and start is not None:
                yield number, start, column - start
                start = None


def as_svg(text: str, level: str = "M") -> str:
    """Return an SVG element of one path, quiet zone included; it scales to its container.

    The page around it says in words what the code is for, so readers aloud skip it.
    """
    modules = matrix(text, level)
    side = len(modules) + 2 * QUIET_ZONE
    path = "".join(
        f"M{column + QUIET_ZONE} {row + QUIET_ZONE}h{length}v1h-{length}z"
        for row, column, length in runs(modules)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}" '
        f'shape-rendering="crispEdges" aria-hidden="true">'
        f'<rect width="{side}" height="{side}" fill="#fff"/><path d="{path}"/></svg>'
    )
