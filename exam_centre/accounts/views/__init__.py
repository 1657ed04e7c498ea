"""Signing in, one's own page, a forgotten number, and the people those with a role keep."""

from exam_centre.accounts.views import forgotten, own, people, roles, sign_in
from exam_centre.accounts.views.menu import NAVIGATION, blueprint

__all__ = ["NAVIGATION", "blueprint", "forgotten", "own", "people", "roles", "sign_in"]
