"""What a device is handed for a venue's day, so that it can judge while it is alone."""

import base64
import gzip
import hashlib
import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from cryptography.hazmat.primitives import serialization
from sqlalchemy.orm import Session

from exam_centre.admission import queries
from exam_centre.admission.queries import PackPerson, PackRoom
from exam_centre.admission.service import OnDuty
from exam_centre.kernel.keys import KeyRing
from exam_centre.kernel.permissions import Permission
from exam_centre.venues.models import Venue
from exam_centre.venues.queries import place_of_venue

LOOKS_BACK = timedelta(hours=6)  # a paper that ended before is nobody's at the door any more


@dataclass(frozen=True)
class Pack:
    """A pack as it travels."""

    etag: str  # of what it says: an unchanged one is not sent again
    packed: bytes  # JSON, gzip


def pack_for(
    session: Session,
    on_duty: OnDuty,
    ring: KeyRing,
    *,
    now: datetime,
    after: int | None = None,
    epoch: str = "",
) -> Pack:
    """Return what a device has to know of its venue until its duty ends, as docs/door.md says.

    after, epoch  what a device holds already: then only who changed since. Where the epoch is
                  another one by now, everything is sent again.
    Raises        Forbidden.
    """
    venue = session.get_one(Venue, on_duty.device.venue_id)
    on_duty.human.require(Permission.CHECK_IN, place_of_venue(session, venue.id))
    since, until = now - LOOKS_BACK, on_duty.device.expires_at
    end = queries.trail_end(session)
    newest = _epoch(queries.pack_epoch(session, venue.id, since, until))
    whole = after is None or newest != epoch
    among = None if whole else queries.changed_candidates(session, after or 0)
    people = queries.pack_people(session, venue.id, since, until, among=among)
    ids = dict.fromkeys(place.room_session_id for each in people for place in each.places)
    rooms = queries.pack_rooms(session, venue.id, ids)
    told = {
        "venue": {"token": venue.token, "name": venue.name, "time_zone": venue.time_zone},
        "epoch": newest,
        "whole": whole,
        "keys": _keys(ring),
        "rooms": [_room(room) for room in rooms],
    }
    told |= _people(people, {room.id: n for n, room in enumerate(rooms)})
    etag = hashlib.sha256(_json(told)).hexdigest()[:32]
    return Pack(etag, gzip.compress(_json(told | {"cursor": end}), compresslevel=6, mtime=0))


def _epoch(parts: list[str]) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:12]


def _keys(ring: KeyRing) -> dict[str, str]:
    return {
        str(number): base64.b64encode(
            key.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
        ).decode()
        for number, key in ring.public.items()
    }


def _room(room: PackRoom) -> dict[str, Any]:
    return {
        "token": room.token,
        "room": room.room,
        "floor": room.floor,
        "venue": room.venue,
        "here": room.is_here,
        "period": room.period,
        "starts": _seconds(room.starts_at),
        "ends": _seconds(room.ends_at),
        "doors_open": 60 * room.doors_open_minutes,
        "late_limit": 60 * room.late_limit_minutes,
    }


def _people(people: list[PackPerson], room_at: dict[int, int]) -> dict[str, Any]:
    """Return people as rows of values, and the words they share once: half of a pack is names."""
    papers: dict[str, int] = {}
    rows = []
    for person in people:
        places = [
            [
                place.token,
                room_at[place.room_session_id],
                place.seat,
                _seconds(place.starts_at),
                _seconds(place.ends_at),
                papers.setdefault(place.paper, len(papers)),
                place.status.value,
                place.entry,
                int(place.late_entry) + 2 * place.held_over + 4 * place.on_slip,
            ]
            for place in person.places
        ]
        rows.append(
            [
                person.slip_bytes.hex(),
                person.series_id,
                person.person_no,
                person.name,
                person.id_tail,
                int(person.has_photo),
                person.slip_number,
                person.short_code,
                places,
            ]
        )
    return {"papers": list(papers), "people": rows}


def _seconds(moment: datetime) -> int:
    return int(moment.timestamp())


def _json(told: dict[str, Any]) -> bytes:
    return json.dumps(told, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()
