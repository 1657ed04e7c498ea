"""The way to the rooms: each room says what it offers, and people see what they may open."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Flask, g, request, url_for

from exam_centre.kernel.permissions import Actor, Permission

ITEMS = "navigation_items"
MOST_FLAT = 12  # entries that fit on one line of a desk's screen; more are grouped


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


@dataclass(frozen=True)
class NavGroup:
    """Entries that stand behind one word where somebody has many: those of some rooms."""

    label: Any
    rooms: tuple[str, ...]


@dataclass(frozen=True)
class MenuLine:
    """One word of the menu: a link, or a group of links that opens."""

    label: Any
    address: str  # "" of a group
    is_here: bool  # this page lies there
    within: "tuple[MenuLine, ...]" = ()


def init_navigation(app: Flask, items: Iterable[NavItem], groups: Sequence[NavGroup] = ()) -> None:
    """Show the menu on every page, in the order the items are given.

    groups  where somebody has more entries than fit on a line, two and more entries of a group
            stand behind its word, where the first of them would.
    """
    app.extensions[ITEMS] = tuple(sorted(items, key=lambda item: item.at_end))
    of_room = {room: group for group in groups for room in group.rooms}
    app.context_processor(lambda: {"navigation": _menu(app, of_room)})


def _menu(app: Flask, of_room: Mapping[str, NavGroup]) -> list[MenuLine]:
    """Return the menu of whoever is signed in."""
    actor: Actor | None = g.get("actor")
    if actor is None:
        return []
    items: tuple[NavItem, ...] = app.extensions[ITEMS]
    shown = [(item, url_for(item.endpoint)) for item in items if item.is_for(actor)]
    # One entry may lie within another: the page belongs to the innermost.
    around = [address for _, address in shown if request.path.startswith(address)]
    here = max(around, key=len, default="")
    lines = [
        (_group_of(item, of_room), MenuLine(item.label, address, address == here))
        for item, address in shown
    ]
    return _grouped(lines) if len(lines) > MOST_FLAT else [line for _, line in lines]


def _group_of(item: NavItem, of_room: Mapping[str, NavGroup]) -> NavGroup | None:
    return None if item.at_end else of_room.get(item.endpoint.partition(".")[0])


def _grouped(lines: Sequence[tuple[NavGroup | None, MenuLine]]) -> list[MenuLine]:
    """Return the lines with two and more of one group behind its word."""
    menu: list[MenuLine] = []
    done: set[NavGroup] = set()
    for group, line in lines:
        within = tuple(other for its, other in lines if its == group)
        if group is None or len(within) == 1:
            menu.append(line)
        elif group not in done:
            done.add(group)
            menu.append(MenuLine(group.label, "", any(x.is_here for x in within), within))
    return menu
