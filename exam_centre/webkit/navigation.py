"""The way to the rooms: each room says what it offers, and people see what they may open."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from flask import Flask, g, url_for

from exam_centre.kernel.permissions import Actor, Permission

ITEMS = "navigation_items"


@dataclass(frozen=True)
class NavItem:
    """One entry of the menu.

    label        lazy words, made with lazy_gettext.
    endpoint     e.g. "venues.list_venues"; needs no arguments.
    permissions  any of them opens it; none: everyone who is signed in.
    """

    label: Any
    endpoint: str
    permissions: tuple[Permission, ...] = ()

    def is_for(self, actor: Actor) -> bool:
        """Say whether the menu of this person shows it."""
        return not self.permissions or any(actor.may(p) for p in self.permissions)


def init_navigation(app: Flask, items: Iterable[NavItem]) -> None:
    """Show the menu on every page, in the order the items are given."""
    app.extensions[ITEMS] = tuple(items)
    app.context_processor(lambda: {"navigation": _menu(app)})


def _menu(app: Flask) -> list[tuple[Any, str]]:
    """Return (words, address) for whoever is signed in."""
    actor: Actor | None = g.get("actor")
    if actor is None:
        return []
    items: tuple[NavItem, ...] = app.extensions[ITEMS]
    return [(item.label, url_for(item.endpoint)) for item in items if item.is_for(actor)]
