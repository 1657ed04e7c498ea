"""`Make`, the one object tests build their world with: one mixin a group of rooms.

A new group gets a file beside this one with a mixin that inherits the last mixin of the journey
(so that it may use every builder before it), and its name in the bases of `Make`. A builder is
named for what it makes, inserts rows through the models, supplies what the test does not mention,
and lets the test override every column by its name. `home_...` builders give the one default that
others share; all others give something new at each call.
"""

from tests.factories.outcomes import OutcomesMixin


class Make(OutcomesMixin):
    """Everything a test may build, in the test's own transaction."""
