"""What is done with people, users, sign-ins, ties and notices."""

from exam_centre.accounts.service.codes import send_code, sign_in_with_code
from exam_centre.accounts.service.notices import notify, read_notice
from exam_centre.accounts.service.passwords import PasswordCost
from exam_centre.accounts.service.people import add_staff, employ, register_person
from exam_centre.accounts.service.sign_ins import actor_of_token, sign_in, sign_out
from exam_centre.accounts.service.ties import declare_conflict, ensure_no_tie, other_human
from exam_centre.accounts.service.users import (
    actor_of,
    change_password,
    disable_user,
    enable_user,
    grant_role,
    open_user,
    revoke_role,
)

__all__ = [
    "PasswordCost",
    "actor_of",
    "actor_of_token",
    "add_staff",
    "change_password",
    "declare_conflict",
    "disable_user",
    "employ",
    "enable_user",
    "ensure_no_tie",
    "grant_role",
    "notify",
    "open_user",
    "other_human",
    "read_notice",
    "register_person",
    "revoke_role",
    "send_code",
    "sign_in",
    "sign_in_with_code",
    "sign_out",
]
