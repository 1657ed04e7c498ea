"""The whole application on a port of its own, furnished in every room, and who may go where."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from threading import Thread

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.routing import Rule
from werkzeug.serving import make_server

from config import Config
from exam_centre.accounts.models import Person, User
from exam_centre.adapters.credentials import make_credential_key
from exam_centre.adapters.pdf_signing import make_identity
from exam_centre.adapters.storage import DiskStorage
from exam_centre.app import create_app
from exam_centre.certificates.jobs import SIGNING
from exam_centre.entries.jobs import LOOK
from exam_centre.kernel import clock, jobs
from exam_centre.kernel.database import unit_of_work
from exam_centre.kernel.keys import make_key
from exam_centre.kernel.permissions import ROLE_PERMISSIONS, Role
from exam_centre.kernel.sealing import make_seal
from exam_centre.organisation.models import Unit
from exam_centre.organisation.rules import UnitLevel
from exam_centre.webkit.access import access_of
from exam_centre.webkit.database import ENGINE
from exam_centre.webkit.limits import limiter
from tests.admission.conftest import portrait
from tests.entries.files import csv_of
from tests.factories.people import resident_number
from tests.factories.times import DAY
from tests.journeys.addresses import FILE_ENDINGS, FILES, visit_of
from tests.journeys.furnished_late import FullyFurnished
from tests.webkit.fixtures import csrf_of, open_account, settings, token_of

NAMES = {
    Role.WORKER: "欧阳晓明",
    Role.LIAISON: "钱联络",
    Role.DOOR_STAFF: "冯把门",
    Role.INVIGILATOR: "林芳",
    Role.CHIEF: "周主考",
    Role.VENUE_MANAGER: "沈考点",
    Role.EXAM_OFFICER: "许清",
    Role.MARKER: "李明",
    Role.MODERATOR: "郑复核",
    Role.APPROVER: "孙审批",
    Role.RELEASE_OFFICER: "吴发布",
    Role.BANK_OPERATOR: "周学分",
    Role.AUDITOR: "严审计",
    Role.ADMINISTRATOR: "冯管理",
}
LOGINS = {role: f"P{n:04d}" for n, role in enumerate(Role, 1)}
# Who opens a page where several may: whoever works there most.
FIRST_ASKED = (Role.EXAM_OFFICER, Role.INVIGILATOR, Role.CHIEF, Role.VENUE_MANAGER, *Role)

# What an argument of an address stands for, under the name it has in every room.
ARGUMENT = re.compile(r"<(?:[^:>]+:)?(\w+)>")
KNOWN = {
    "kind": "people", "name": "roll-call", "purpose": "revocation", "list_no": "1",
    "reached": "told", "tier": "centre", "language": "zh",
}  # fmt: skip

# A list with a row that can be read and one that can not.
ROSTER = [
    {"person_no": "0032000001", "name": "张三丰", "id_type": "ID", "id_no": resident_number(9001)},
    {"person_no": "0032000002", "name": "李四光", "id_type": "ID", "id_no": "320506198001010000"},
]


class House:
    """The application, its address, its people by role, and the tokens of what stands in it."""

    def __init__(self, app: Flask, users: dict[Role, User], at: dict[str, str]) -> None:
        self.app, self.users, self.at = app, users, at
        self.address = ""

    def pages(self) -> list[Rule]:
        """Every address that a person opens in a browser."""
        return [
            rule
            for rule in self.app.url_map.iter_rules()
            if "GET" in (rule.methods or ())
            and not rule.rule.endswith(FILE_ENDINGS)
            and rule.endpoint not in FILES | {"static"}
        ]

    def role_for(self, rule: Rule) -> Role | None:
        """Return who opens a page; None where the whole world may."""
        asked = visit_of(rule.endpoint).role
        access = access_of(self.app.view_functions[rule.endpoint])
        assert access is not None, f"{rule.endpoint} says nothing about who may open it"
        if asked is not None or access.is_public:
            return asked
        if not access.permissions:
            return Role.EXAM_OFFICER
        return next(r for r in FIRST_ASKED if access.permissions & ROLE_PERMISSIONS[r])

    def path(self, rule: Rule) -> str:
        """Return the address of a page, its arguments filled from what stands in the house."""
        visit = visit_of(rule.endpoint)

        def value(argument: re.Match[str]) -> str:
            key = visit.stands.get(argument[1], argument[1])
            found = self.at.get(key, KNOWN.get(key))
            assert found is not None, f"nothing here for <{key}> of {rule.endpoint}"
            return found

        return ARGUMENT.sub(value, rule.rule + visit.question)

    def cookies(self, role: Role | None, language: str) -> list[dict[str, str]]:
        """Return what the browser of somebody with a role carries: a sign-in and a language."""
        signer = self.app.session_interface.get_signing_serializer(self.app)
        assert signer is not None
        kept = {"session": str(signer.dumps({"language": language}))}
        if role is not None:
            kept["sign-in"] = token_of(self.users[role])
        return [{"name": n, "value": v, "url": self.address} for n, v in kept.items()]

    def begin_again(self) -> None:
        """Let every limit begin at zero."""
        limiter.reset()


@contextmanager
def open_house(database_url: str, folder: Path) -> Iterator[House]:
    """Make the application over an empty database, furnish it, and serve it."""
    config = Config.from_environment(settings(database_url, folder))
    for purpose in ("audit", "slip", "bank"):
        make_key(config.keys_dir, purpose)
    make_seal(config.keys_dir)
    make_credential_key(config.keys_dir)
    make_identity(config.keys_dir / SIGNING, "Test", clock.now())
    app = create_app(config)
    limiter.reset()
    users = {
        role: open_account(role, login=LOGINS[role], name=NAMES[role], language="zh")
        for role in Role
    }
    house = House(app, users, {})
    _furnish(house)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = Thread(target=server.serve_forever)
    thread.start()
    house.address = f"http://127.0.0.1:{server.server_port}"
    try:
        yield house
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
        app.extensions[ENGINE].dispose()


def _furnish(house: House) -> None:
    files = DiskStorage(house.app.config["EXAM_CENTRE"].files_dir)
    with unit_of_work() as session:
        make = _builders(session, house, files.put(portrait()))
        make.fill()
    series = make.at["earlier"]
    _post(house, Role.RELEASE_OFFICER, f"/certificates/series/{series}/issue")
    _post(house, Role.BANK_OPERATOR, f"/credits/series/{series}/claim")
    sheet = (BytesIO(csv_of(ROSTER)), "名单.csv")
    fields = {"kind": "people", "series": "", "file": sheet}
    preview = _post(house, Role.EXAM_OFFICER, "/entries/files/upload", **fields)
    make.at["import"] = preview.rpartition("/")[2]
    with unit_of_work() as session:
        make.session = session
        make.note_awards()
        looked = jobs.Job(
            kind=LOOK,
            arguments={"sha256": "0" * 64, "name": "名单.xlsx"},
            asked_by=house.users[Role.EXAM_OFFICER].person_id,
            asked_at=clock.now(),
            done=3,
            total=8,
            status=jobs.JobStatus.RUNNING,
            lease_until=clock.now() + DAY,
        )
        session.add(looked)
        session.flush()
        make.at["job"] = looked.token
    marker = house.users[Role.MARKER]
    make.at |= {"user": marker.token, "user_person": people_token(house, marker)}
    house.at = make.at


def people_token(house: House, user: User) -> str:
    """The token of the human behind a user."""
    with house.app.app_context(), unit_of_work() as session:
        return session.get_one(Person, user.person_id).token


def _builders(session: Session, house: House, photo: str) -> FullyFurnished:
    people = {
        role.value: session.get_one(Person, user.person_id) for role, user in house.users.items()
    }
    make = FullyFurnished(session, people, photo)
    top = session.scalars(select(Unit).where(Unit.parent_id.is_(None))).one()
    top.name = "国家开放大学总部"
    make._homes[UnitLevel.NATIONAL] = top
    return make


def _post(house: House, role: Role, address: str, **fields: object) -> str:
    """Press a button, let the job run that it may start, and return where it leads."""
    browser = house.app.test_client()
    browser.set_cookie("sign-in", token_of(house.users[role]))
    data = {"csrf_token": csrf_of(browser, "/verify")} | fields
    answer = browser.post(address, data=data)
    assert answer.status_code == 303, answer.get_data(as_text=True)
    while jobs.run_next():
        pass
    return answer.location
