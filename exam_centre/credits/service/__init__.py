"""Claims on the credit bank: made from released passes, sent, answered, reconciled."""

from exam_centre.credits.service.accounts import note_validation, open_account
from exam_centre.credits.service.claiming import claim, claim_again, claim_released
from exam_centre.credits.service.codes import CodeNotLater, add_code, add_starters
from exam_centre.credits.service.exports import (
    ask_export,
    keep_file,
    note_download,
    note_look,
    open_id_numbers,
    sign_export,
)
from exam_centre.credits.service.reconciling import Compared, explain_difference, note_differences
from exam_centre.credits.service.sending import (
    bank_is_back,
    give_back,
    lease_due,
    note_late_reply,
    note_reply,
    replay,
    replay_parked,
)

__all__ = [
    "CodeNotLater",
    "Compared",
    "add_code",
    "add_starters",
    "ask_export",
    "bank_is_back",
    "claim",
    "claim_again",
    "claim_released",
    "explain_difference",
    "give_back",
    "keep_file",
    "lease_due",
    "note_differences",
    "note_download",
    "note_late_reply",
    "note_look",
    "note_reply",
    "note_validation",
    "open_account",
    "open_id_numbers",
    "replay",
    "replay_parked",
    "sign_export",
]
