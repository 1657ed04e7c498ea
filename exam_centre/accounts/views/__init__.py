"""Signing in, one's own page, a forgotten number, and the people those with a role keep."""

from exam_centre.accounts.views import adding, forgotten, own, people, roles, sign_in, users
from exam_centre.accounts.views.menu import NAVIGATION, blueprint

__all__ = [
    "NAVIGATION",
    "adding",
    "blueprint",
    "forgotten",
    "own",
    "people",
    "roles",
    "sign_in",
    "users",
]
