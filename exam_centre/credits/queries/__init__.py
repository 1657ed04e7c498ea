"""What the credits room can tell: passes that count, claims, messages due, and the eighth law."""

from exam_centre.credits.queries.books import (
    accounts_of,
    active_credentials,
    claims_of_pairs,
    codes_for,
    rows_of_claims,
)
from exam_centre.credits.queries.claims import (
    access_claim,
    bank_words,
    claims_of_person,
    claims_of_series,
    place_of_person,
    top_place,
)
from exam_centre.credits.queries.laws import law_credits
from exam_centre.credits.queries.passes import (
    Pair,
    best_of,
    best_passes,
    corrections_to,
    pair_of,
    pairs_to_claim,
    standing_releases,
)
from exam_centre.credits.queries.sending import (
    OPEN,
    Standing,
    due,
    last_row,
    messages_about,
    open_differences,
    parked,
    standings,
    was_accepted,
)

__all__ = [
    "OPEN",
    "Pair",
    "Standing",
    "access_claim",
    "accounts_of",
    "active_credentials",
    "bank_words",
    "best_of",
    "best_passes",
    "claims_of_pairs",
    "claims_of_person",
    "claims_of_series",
    "codes_for",
    "corrections_to",
    "due",
    "last_row",
    "law_credits",
    "messages_about",
    "open_differences",
    "pair_of",
    "pairs_to_claim",
    "parked",
    "place_of_person",
    "rows_of_claims",
    "standing_releases",
    "standings",
    "top_place",
    "was_accepted",
]
