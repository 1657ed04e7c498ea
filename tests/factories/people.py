"""Builders of people, their work, their users, and actors with roles."""

from datetime import date, timedelta
from typing import Any

from exam_centre.accounts.models import (
    Conflict,
    Employment,
    Person,
    StaffAbsence,
    StaffMember,
    User,
)
from exam_centre.accounts.rules import IdType, Relation, check_character, id_key
from exam_centre.calendar.models import Series
from exam_centre.kernel.permissions import Actor, Grant, Role
from exam_centre.organisation.models import Enterprise, Unit
from exam_centre.organisation.rules import UnitLevel
from exam_centre.venues.models import Room, Venue
from tests.factories.places import PlacesMixin
from tests.factories.times import EXAM_DAY, NINE


def resident_number(n: int) -> str:
    """Return the n-th valid number of a resident's document, 18 characters."""
    born = date(1980, 1, 1) + timedelta(days=n // 1000)
    first17 = f"320506{born:%Y%m%d}{n % 1000:03d}"
    return first17 + check_character(first17)


class PeopleMixin(PlacesMixin):
    """Who acts and who is acted on."""

    def person(self, name: str = "", *, id_no: str = "", **fields: Any) -> Person:
        """A new human with a valid resident's number and a phone."""
        n = self.number()
        number = id_no or resident_number(n)
        id_type = fields.get("id_type", IdType.RESIDENT)
        defaults = {
            "name": name or f"Person {n}",
            "id_type": id_type,
            "id_fingerprint": self.seal.fingerprint(id_key(id_type, number)),
            "id_sealed": self.seal.close(number),
            "id_tail": number[-4:],
            "gender": "",
            "phone": f"138{n:08d}",
        }
        return self.save(Person(**defaults | fields))

    def employment(
        self, person: Person | None = None, enterprise: Enterprise | None = None, **fields: Any
    ) -> Employment:
        """A current employment in team C."""
        n = self.number()
        defaults = {
            "person_id": (person or self.person()).id,
            "enterprise_id": (enterprise or self.home_enterprise()).id,
            "work_no": f"W{n:05d}",
            "team": "C",
        }
        return self.save(Employment(**defaults | fields))

    def staff(
        self, person: Person | None = None, unit: Unit | None = None, **fields: Any
    ) -> StaffMember:
        """A staff number of `person`, trained until a year after the tests' day."""
        n = self.number()
        defaults = {
            "staff_no": f"S{n:05d}",
            "person_id": (person or self.person()).id,
            "unit_id": (unit or self.home()).id,
            "trained_until": date(2027, 12, 31),
        }
        return self.save(StaffMember(**defaults | fields))

    def absence(self, staff: StaffMember, day: date = EXAM_DAY) -> StaffAbsence:
        """A day on which `staff` takes no duty."""
        return self.save(StaffAbsence(staff_member_id=staff.id, day=day))

    def user(self, person: Person | None = None, **fields: Any) -> User:
        """A user without a password. `accounts.service.open_user` gives one."""
        n = self.number()
        defaults = {"person_id": (person or self.person()).id, "login": f"login{n}"}
        return self.save(User(**defaults | fields))

    def conflict(
        self, one: Person, other: Person, relation: Relation = Relation.RELATIVE
    ) -> Conflict:
        """A declared tie between two people, whichever of them is named first."""
        first, second = sorted((one.id, other.id))
        return self.save(
            Conflict(person_id=first, other_id=second, relation=relation, declared_at=NINE)
        )

    def actor(
        self,
        *roles: Role,
        unit: Unit | None = None,
        venue: Venue | None = None,
        series: Series | None = None,
        room: Room | None = None,
        person: Person | None = None,
    ) -> Actor:
        """Somebody with `roles`: over the whole tree, or within the places that are given.

        A new human each time; pass `person` to let the same human act as another user.
        """
        user = self.user(person or self.person())
        human = person or self.session.get_one(Person, user.person_id)
        if unit is None and venue is not None:
            unit = self.session.get_one(Unit, venue.unit_id)
        path = unit.path if unit else "/"
        top = unit or self.home(UnitLevel.NATIONAL)
        grants = tuple(
            Grant(
                role,
                path,
                venue_id=venue.id if venue else None,
                series_id=series.id if series else None,
                room_id=room.id if room else None,
            )
            for role in roles
        )
        return Actor(
            person_id=human.id,
            user_id=user.id,
            name=human.name,
            grants=grants,
            stream=f"venue:{venue.id}" if venue else f"unit:{top.id}",
        )
