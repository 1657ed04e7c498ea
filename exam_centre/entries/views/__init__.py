"""The pages of candidates, their entries, what they ask for, and the files they come in."""

from exam_centre.entries.views import (
    access,
    candidates,
    deferrals,
    eligibility,
    enrolling,
    evidence,
    imports,
    one,
    own,
    photos,
)
from exam_centre.entries.views.blueprint import NAVIGATION, blueprint

__all__ = [
    "NAVIGATION",
    "access",
    "blueprint",
    "candidates",
    "deferrals",
    "eligibility",
    "enrolling",
    "evidence",
    "imports",
    "one",
    "own",
    "photos",
]
