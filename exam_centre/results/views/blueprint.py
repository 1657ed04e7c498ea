"""Where the pages of results hang, and the words they share."""

from flask import Blueprint

from exam_centre.kernel.permissions import Permission
from exam_centre.results.rules.words import (
    BATCH_WORDS,
    CORRECTION_WORDS,
    STATUS_WORDS,
    TIER_WORDS,
    VERDICT_WORDS,
)

blueprint = Blueprint("results", __name__, url_prefix="/results")

SEES = (
    Permission.COMPUTE_OUTCOMES,
    Permission.APPROVE_RESULTS,
    Permission.RELEASE_RESULTS,
    Permission.CORRECT_RESULTS,
)

WORDS = {
    "status_words": STATUS_WORDS,
    "verdict_words": VERDICT_WORDS,
    "batch_words": BATCH_WORDS,
    "correction_words": CORRECTION_WORDS,
    "tier_words": {tier.value: words for tier, words in TIER_WORDS.items()},
}


@blueprint.context_processor
def words() -> dict[str, object]:
    """Give every page of the room the words for its statuses."""
    return dict(WORDS)
