"""How somebody signs in and stays so: users, passwords, one-time codes, and idle browsers."""

from collections.abc import Iterable
from datetime import timedelta
from enum import StrEnum

from exam_centre.kernel.errors import BadInput, Refusal
from exam_centre.kernel.flow import Flow
from exam_centre.kernel.permissions import Role
from exam_centre.kernel.sentences import Sentence, say


class UserStatus(StrEnum):
    """Whether a user may sign in."""

    ACTIVE = "active"
    DISABLED = "disabled"


USER_FLOW: Flow[UserStatus] = Flow(
    {
        UserStatus.ACTIVE: frozenset({UserStatus.DISABLED}),
        UserStatus.DISABLED: frozenset({UserStatus.ACTIVE}),
    }
)
USER_SENTENCES: dict[UserStatus, Sentence] = {
    UserStatus.ACTIVE: say("May sign in"),
    UserStatus.DISABLED: say("Kept out"),
}
# A sign-in ends after 30 minutes without use and 12 hours at the latest: NIST SP 800-63B section
# 4.2.3 (assurance level 2). Workers see only their own things, so for them the 12 hours suffice.
# Who watches a paper touches the screen at its start and at its end, and must be able to stop the
# clock in between: the longest paper and the time around it fit into four hours. That holds for
# people with nothing but roles of the room; one role in an office brings the 30 minutes back.
STAFF_IDLE = timedelta(minutes=30)
ROOM_IDLE = timedelta(hours=4)
ROOM_ROLES = frozenset({Role.DOOR_STAFF, Role.INVIGILATOR, Role.CHIEF})
SIGN_IN_LASTS = timedelta(hours=12)
SEEN_STEP = timedelta(minutes=1)  # how finely `seen_at` is kept, to spare a write a click


def idle_time(roles: Iterable[Role]) -> timedelta:
    """Return after how long without a request a browser with these roles is signed out."""
    staff = set(roles) - {Role.WORKER}
    if not staff:
        return SIGN_IN_LASTS
    return ROOM_IDLE if staff <= ROOM_ROLES else STAFF_IDLE


class CodePurpose(StrEnum):
    """What a one-time code opens."""

    SIGN_IN = "sign_in"
    FIRST_SIGN_IN = "first_sign_in"
    NEW_PHONE = "new_phone"
    FORGOTTEN_NUMBER = "forgotten_number"


CODE_DIGITS = 6
CODE_LASTS = timedelta(minutes=5)
CODE_GUESSES = 5
CODES_AN_HOUR = 5  # with the guesses, 25 tries an hour against a million codes
# A first code is handed over on paper and typed once, before the paper is forgotten in a bag.
FIRST_CODE_DIGITS = 10
FIRST_CODE_LASTS = timedelta(days=3)
PASSWORD_LENGTH = range(10, 201)  # characters; the upper end keeps hashing cheap to refuse


class WeakPassword(BadInput):
    """A password too short to resist guessing, or too long to be hashed."""

    code = "weak_password"

    def __init__(self) -> None:
        super().__init__(
            say(
                "A password has {shortest} to {longest} characters.",
                shortest=PASSWORD_LENGTH.start,
                longest=PASSWORD_LENGTH.stop - 1,
            )
        )


class WrongSignIn(BadInput):
    """Number and password do not belong together; which of them is wrong is not said."""

    code = "wrong_sign_in"

    def __init__(self) -> None:
        super().__init__(
            say("Number and password do not match, or the user is disabled. Try again.")
        )


class UserKeptOut(Refusal):
    """A first code for somebody who may not sign in."""

    kind = "conflict"
    code = "user_kept_out"

    def __init__(self, login: str) -> None:
        super().__init__(say("{login} is kept out. Let the user sign in again first.", login=login))


class NoPhone(Refusal):
    """Codes would go to a phone that nobody knows."""

    kind = "conflict"
    code = "no_phone"

    def __init__(self) -> None:
        super().__init__(say("No phone of this person is known. Hand over a first code instead."))
