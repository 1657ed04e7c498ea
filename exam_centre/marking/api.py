"""What the mark grid asks of the server: keep these cells, and say what became of each."""

from flask import Blueprint, Response, jsonify, request
from flask_babel import gettext as _

from exam_centre.kernel import clock
from exam_centre.kernel.database import in_unit_of_work
from exam_centre.kernel.permissions import Permission
from exam_centre.marking import queries
from exam_centre.marking.queries.grid import GridTotals, grid_of, totals_of
from exam_centre.marking.rules import MarkChanged, MarkStatus
from exam_centre.marking.rules.sheets import MOST_CELLS, WrongBody
from exam_centre.marking.service.sheets import Cell, CellVerdict, keep_cells
from exam_centre.webkit.access import current_actor, requires
from exam_centre.webkit.languages import at_time, in_digits, said

blueprint = Blueprint("marking_api", __name__, url_prefix="/marking/api")

LONGEST_TYPED = 40


@blueprint.patch("/sheets/<token:allocation>")
@requires(Permission.ENTER_MARKS)
def keep_sheet(allocation: str) -> Response:
    """Keep the changed cells of the signed-in marker's own sheet.

    In: {"cells": [{"place": 3, "typed": "85", "version": null, "tail": ""}]}.
    Out: {"cells": [...], "saved_at": "14:03", "marked": 12, "scripts": 60, "total": "801"}; a kept
    cell has `text` and `version`, another one `code` and `sentence`, and after somebody else's
    change `stored` and the `version` to go on from.
    """
    actor, cells, now = current_actor(), _read_cells(), clock.now()
    verdicts, totals = in_unit_of_work(
        lambda session: (
            keep_cells(
                session,
                actor,
                held := queries.access_allocation(session, actor, allocation),
                cells,
                now=now,
            ),
            totals_of(grid_of(session, held)),
        )
    )
    return jsonify(cells=[_as_json(verdict) for verdict in verdicts], **_totals(totals))


def _read_cells() -> list[Cell]:
    body = request.get_json(silent=True)
    rows = body.get("cells") if isinstance(body, dict) else None
    if not isinstance(rows, list) or len(rows) > MOST_CELLS:
        raise WrongBody
    return [_read_cell(row) for row in rows]


def _read_cell(row: object) -> Cell:
    if not isinstance(row, dict):
        raise WrongBody
    place, typed = row.get("place"), row.get("typed")
    version, tail = row.get("version"), row.get("tail", "")
    numbers = type(place) is int and (version is None or type(version) is int)
    if not (numbers and isinstance(typed, str) and isinstance(tail, str)):
        raise WrongBody
    return Cell(int(str(place)), typed[:LONGEST_TYPED], version, tail[:LONGEST_TYPED])


def _as_json(verdict: CellVerdict) -> dict[str, object]:
    refusal = verdict.refusal
    if refusal is None:
        is_missing = verdict.text == MarkStatus.MISSING.value
        text = _("missing") if is_missing else verdict.text
        return {"place": verdict.place, "text": text, "version": verdict.version}
    answer: dict[str, object] = {
        "place": verdict.place,
        "code": refusal.code,
        "sentence": said(refusal.sentence),
    }
    if isinstance(refusal, MarkChanged):
        answer |= {"stored": refusal.stored, "typed": refusal.typed, "version": refusal.version}
    return answer


def _totals(totals: GridTotals) -> dict[str, object]:
    saved = _("never") if totals.saved_at is None else at_time(totals.saved_at)
    return {
        "saved_at": saved,
        "marked": totals.marked,
        "scripts": totals.scripts,
        "total": in_digits(totals.total.normalize()),
    }
