"""The pages of results: series, outcomes, reviews, batches, corrections and appeals."""

from flask_babel import lazy_gettext as _l

from exam_centre.kernel.permissions import Permission
from exam_centre.results.views import (
    batches,
    corrections,
    outcomes,
    printed,
    reviews,
    series,
)
from exam_centre.results.views.blueprint import blueprint
from exam_centre.webkit.navigation import NavItem

NAVIGATION: tuple[NavItem, ...] = (
    NavItem(
        _l("Results"),
        "results.list_series",
        (
            Permission.COMPUTE_OUTCOMES,
            Permission.APPROVE_RESULTS,
            Permission.RELEASE_RESULTS,
            Permission.CORRECT_RESULTS,
        ),
    ),
)

__all__ = [
    "NAVIGATION",
    "batches",
    "blueprint",
    "corrections",
    "outcomes",
    "printed",
    "reviews",
    "series",
]
