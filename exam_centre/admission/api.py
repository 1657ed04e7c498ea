"""What devices at the doors send: one scan, answered once and for ever."""

from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, Response, current_app, jsonify, request
from flask.blueprints import BlueprintSetupState
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from config import Config
from exam_centre.admission import service
from exam_centre.admission.rules import Action, Fact, Identity, UnknownDevice, WrongScan
from exam_centre.kernel import clock
from exam_centre.kernel.database import in_unit_of_work
from exam_centre.webkit.access import public

blueprint = Blueprint("admission_api", __name__, url_prefix="/api/v1/door")

BEARER = "Bearer "


class ScanBody(BaseModel):
    """One scan as a device tells it; docs/door.md says what each field means."""

    model_config = ConfigDict(extra="forbid", strict=False)

    scan_no: str = Field(min_length=1, max_length=60, pattern=r"^[\x21-\x7e]+$")
    token: str = Field(min_length=1, max_length=400)
    device_time: AwareDatetime
    action: Action = Action.ADMIT
    identity: Identity = Identity.NOT_CHECKED
    room: str | None = Field(default=None, pattern=r"^[A-Za-z0-9_-]{22}$")
    sent_at: AwareDatetime | None = None  # the device's clock as it sends: measures its offset


@blueprint.record_once
def _take_no_cookies(state: BlueprintSetupState) -> None:
    """Ask no form token here: a browser's cookies open nothing on these addresses."""
    state.app.extensions["csrf"].exempt(blueprint)


@blueprint.post("/scans")
@public
def keep_scan() -> Response:
    """Keep a scan and answer it; a retry with the same number gets the first answer.

    In: Authorization: Bearer with the device's secret, and a ScanBody. Out: code, text and facts
    (an English sentence), next, admitted, conflict, placement, at, clock. 401 for a device that
    is not known or not on duty any more, 400 for a body that is none.
    """
    secret, body, now = _secret(), _body(), clock.now()
    config: Config = current_app.config["EXAM_CENTRE"]
    ring = service.slip_keys(config.keys_dir)

    def work(session: Any) -> dict[str, Any]:
        on_duty = service.ring(session, secret, now, scan_no=body.scan_no)
        if body.sent_at is not None:
            service.measure_clock(session, on_duty.device, body.sent_at, now)
        fact = Fact(
            scan_no=body.scan_no,
            here=0,
            device_at=_in_utc(body.device_time),
            token=body.token,
            identity=body.identity,
            action=body.action,
        )
        return service.record_venue_scan(session, on_duty, fact, body.room, ring, now=now)

    return jsonify(in_unit_of_work(work))


def _secret() -> str:
    header = request.headers.get("Authorization", "")
    if not header.startswith(BEARER):
        raise UnknownDevice
    return header.removeprefix(BEARER).strip()


def _body() -> ScanBody:
    try:
        return ScanBody.model_validate(request.get_json(silent=True))
    except ValidationError as error:
        raise WrongScan(
            ", ".join(str(each["loc"][0]) for each in error.errors() if each["loc"])
        ) from error


def _in_utc(moment: datetime) -> datetime:
    try:
        return moment.astimezone(UTC)
    except OverflowError as error:
        raise WrongScan("device_time") from error
