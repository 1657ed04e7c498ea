"""What is done with outcomes: compute, hold, review, release, correct."""

from exam_centre.results.service.composing import compute, hold_and_free
from exam_centre.results.service.correcting import (
    apply_correction,
    decide_correction,
    examine_correction,
    file_correction,
)
from exam_centre.results.service.releasing import (
    approve_batch,
    discard_batch,
    prepare_batch,
    release_batch,
)
from exam_centre.results.service.reviewing import draw_review, review

__all__ = [
    "apply_correction",
    "approve_batch",
    "compute",
    "decide_correction",
    "discard_batch",
    "draw_review",
    "examine_correction",
    "file_correction",
    "hold_and_free",
    "prepare_batch",
    "release_batch",
    "review",
]
