"""What devices at the doors send: one scan, answered once and for ever."""

from datetime import UTC, datetime
from typing import Any, TypeVar

from flask import Blueprint, Response, current_app, jsonify, request
from flask.blueprints import BlueprintSetupState
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from config import Config
from exam_centre.admission import service
from exam_centre.admission.documents import pack_for
from exam_centre.admission.rules import Action, Fact, Identity, UnknownDevice, WrongScan
from exam_centre.admission.service import Upload
from exam_centre.kernel import clock
from exam_centre.kernel.database import in_unit_of_work
from exam_centre.kernel.errors import Refusal
from exam_centre.kernel.keys import KeyRing
from exam_centre.webkit.access import public
from exam_centre.webkit.database import reader
from exam_centre.webkit.languages import said

blueprint = Blueprint("admission_api", __name__, url_prefix="/api/v1/door")

BEARER = "Bearer "
MOST_SCANS = 200  # in one batch
LARGEST_ROW = 2**63 - 1


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


class BatchBody(BaseModel):
    """Scans in the order the device kept them, and its clock as it sends them."""

    model_config = ConfigDict(extra="forbid", strict=False)

    sent_at: AwareDatetime
    scans: list[ScanBody] = Field(min_length=1, max_length=MOST_SCANS)


Body = TypeVar("Body", ScanBody, BatchBody)


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
    secret, body, now, ring = _secret(), _body(ScanBody), clock.now(), _ring()

    def work(session: Any) -> dict[str, Any]:
        on_duty = service.ring(session, secret, now, scan_no=body.scan_no)
        if body.sent_at is not None:
            service.measure_clock(session, on_duty.device, body.sent_at, now)
        return service.record_venue_scan(session, on_duty, _upload(body), ring, now=now)

    return jsonify(in_unit_of_work(work))


@blueprint.post("/batches")
@public
def keep_batch() -> Response:
    """Keep up to 200 scans made while the device was alone, and answer each of them.

    In: as for a scan, a BatchBody. Out: answers, in the order sent: {scan_no, answer} for what
    is kept, {scan_no, error: {code, sentence}} for what is not; and what the clock was off by.
    A batch may be sent again, in part, or in another order: what was heard has its answer.
    """
    secret, body, now, ring = _secret(), _body(BatchBody), clock.now(), _ring()
    uploads = [_upload(scan) for scan in body.scans]

    def work(session: Any) -> dict[str, Any]:
        on_duty = service.ring(session, secret, now)
        service.measure_clock(session, on_duty.device, body.sent_at, now)
        answers = service.record_batch(session, on_duty, uploads, ring, now=now)
        told = [
            {"scan_no": scan.scan_no} | _told(answer)
            for scan, answer in zip(body.scans, answers, strict=True)
        ]
        return {"answers": told, "clock_offset_ms": on_duty.device.clock_offset_ms}

    return jsonify(in_unit_of_work(work))


@blueprint.get("/pack")
@public
def give_pack() -> Response:
    """Give a device what it has to know of its venue's day, to judge while it is alone.

    In: Authorization as for a scan; If-None-Match with the ETag of the last pack. `after` and
    `epoch` of a pack the device holds ask only for who changed since. Out: JSON, packed with gzip.
    """
    secret, now, session = _secret(), clock.now(), reader()
    after = request.args.get("after", type=int)
    pack = pack_for(
        session,
        service.ring(session, secret, now),
        _ring(),
        now=now,
        after=after if after is None or 0 <= after <= LARGEST_ROW else None,
        epoch=request.args.get("epoch", ""),
    )
    response = Response(pack.packed, content_type="application/json")
    response.headers["Content-Encoding"] = "gzip"
    response.headers["Cache-Control"] = "private, no-cache"
    response.set_etag(pack.etag)
    response.make_conditional(request)
    return response


def _told(answer: dict[str, Any] | Refusal) -> dict[str, Any]:
    if isinstance(answer, Refusal):
        return {"error": {"code": answer.code, "sentence": said(answer.sentence)}}
    return {"answer": answer}


def _upload(body: ScanBody) -> Upload:
    fact = Fact(
        scan_no=body.scan_no,
        here=0,
        device_at=_in_utc(body.device_time),
        token=body.token,
        identity=body.identity,
        action=body.action,
    )
    return Upload(fact, body.room)


def _ring() -> KeyRing:
    config: Config = current_app.config["EXAM_CENTRE"]
    return service.slip_keys(config.keys_dir)


def _secret() -> str:
    header = request.headers.get("Authorization", "")
    if not header.startswith(BEARER):
        raise UnknownDevice
    return header.removeprefix(BEARER).strip()


def _body(kind: type[Body]) -> Body:
    try:
        return kind.model_validate(request.get_json(silent=True))
    except ValidationError as error:
        wrong = dict.fromkeys(_field(each["loc"]) for each in error.errors() if each["loc"])
        raise WrongScan(", ".join(wrong)) from error


def _field(path: tuple[int | str, ...]) -> str:
    """Name a field as people count: scans 3 token is the third one's token."""
    return " ".join(str(part + 1 if isinstance(part, int) else part) for part in path)


def _in_utc(moment: datetime) -> datetime:
    try:
        return moment.astimezone(UTC)
    except OverflowError as error:
        raise WrongScan("device_time") from error
