"""What is done with people, users, sign-ins, ties and notices."""

from exam_centre.accounts.service.actors import actor_of
from exam_centre.accounts.service.codes import send_code, sign_in_with_code
from exam_centre.accounts.service.first_codes import hand_out_code, take_first_password
from exam_centre.accounts.service.notices import notify, read_notice
from exam_centre.accounts.service.own import (
    ask_new_phone,
    change_phone,
    choose_language,
    decide_new_phone,
    send_forgotten,
    tell_forgotten,
)
from exam_centre.accounts.service.passwords import PasswordCost
from exam_centre.accounts.service.people import (
    add_staff,
    correct_name,
    employ,
    register_person,
    reveal_id_number,
    take_on_staff,
    take_on_worker,
)
from exam_centre.accounts.service.rosters import (
    Registration,
    Work,
    correct_staff,
    employ_all,
    note_absence,
    open_workers,
    register_people,
    take_back,
)
from exam_centre.accounts.service.second import second_person
from exam_centre.accounts.service.sign_ins import actor_of_token, sign_in, sign_out
from exam_centre.accounts.service.ties import declare_conflict, ensure_no_tie, other_human
from exam_centre.accounts.service.users import (
    change_password,
    disable_user,
    enable_user,
    grant_role,
    open_user,
    revoke_role,
)

__all__ = [
    "PasswordCost",
    "Registration",
    "Work",
    "actor_of",
    "actor_of_token",
    "add_staff",
    "ask_new_phone",
    "change_password",
    "change_phone",
    "choose_language",
    "correct_name",
    "correct_staff",
    "decide_new_phone",
    "declare_conflict",
    "disable_user",
    "employ",
    "employ_all",
    "enable_user",
    "ensure_no_tie",
    "grant_role",
    "hand_out_code",
    "note_absence",
    "notify",
    "open_user",
    "open_workers",
    "other_human",
    "read_notice",
    "register_people",
    "register_person",
    "reveal_id_number",
    "revoke_role",
    "second_person",
    "send_code",
    "send_forgotten",
    "sign_in",
    "sign_in_with_code",
    "sign_out",
    "take_back",
    "take_first_password",
    "take_on_staff",
    "take_on_worker",
    "tell_forgotten",
]
