"""The way to the rooms: each room says what it offers, and people see what they may open."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from flask import Flask, g, request, url_for

from exam_centre.kernel.permissions import Actor, Permission

ITEMS = "navigation_items"


@dataclass(frozen=True)
class NavItem:
    """One entry of the menu.

    label        lazy words, made with lazy_gettext.
    endpoint     e.g. "venues.list_venues"; needs no arguments.
    permissions  any of them opens it; none: everyone who is signed in.
    at_end       stands behind what all rooms offer.
    """

    label: Any
    endpoint: str
    permissions: tuple[Permission, ...] = ()
    at_end: bool = False

    def is_for(self, actor: Actor) -> bool:
        """Say whether the menu of this person shows it."""
        return not self.permissions or any(actor.may(p) for p in self.permissions)


def init_navigation(app: Flask, items: Iterable[NavItem]) -> None:
    """Show the menu on every page, in the order the items are given."""
    app.extensions[ITEMS] = tuple(sorted(items, key=lambda item: item.at_end))
    app.context_processor(lambda: {"navigation": _menu(app)})


def _menu(app: Flask) -> list[tuple[Any, str, bool]]:
    """Return (words, address, whether this page lies there) for whoever is signed in."""
    actor: Actor | None = g.get("actor")
    if actor is None:
        return []
    items: tuple[NavItem, ...] = app.extensions[ITEMS]
    shown = [(item.label, url_for(item.endpoint)) for item in items if item.is_for(actor)]
    # One entry may lie within another: the page belongs to the innermost.
    around = [address for _, address in shown if request.path.startswith(address)]
    here = max(around, key=len, default="")
    return [(label, address, address == here) for label, address in shown]
