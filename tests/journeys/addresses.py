"""Which thing of the furnished house each page is opened with, and by whom.

A page that is not named here is opened with the things called as its arguments are, by the first
role that may open it.
"""

from dataclasses import dataclass, field

from exam_centre.kernel.permissions import Role

PLAN = "plan"

# What is fetched and not read in a browser, apart from what an address ending says: pictures,
# and answers to programs.
FILE_ENDINGS = (".csv", ".ics", ".json", ".pdf", ".pem", ".xlsx")
FILES = {
    "admission.show_photo", "admission.show_doubt_photo", "admission_api.give_pack",
    "entries.fetch_evidence",
    "certificates.download_file",
    "certificates.show_picture", "certificates.download_credential", "certificates_api.key_set",
    "certificates_api.status_list", "certificates_api.did_document", "certificates_api.vocabulary",
    "credits.download_export", "invigilation_api.counters", "webkit.health",
}  # fmt: skip


@dataclass(frozen=True)
class Visit:
    """By whom a page is opened, and with which thing of the house for each argument."""

    role: Role | None = None
    stands: dict[str, str] = field(default_factory=dict)
    question: str = ""  # what stands after the address, "<name>" filled as in the address


def _by(role: Role | None = None, **stands: str) -> Visit:
    return Visit(role, stands)


VISITS: dict[str, Visit] = {
    "venues.narrow_role": Visit(
        Role.ADMINISTRATOR, {"person": "user_person"}, "?user=<user>&role=invigilator&unit=<unit>"
    ),
    "venues.give_role": Visit(
        Role.ADMINISTRATOR, {"person": "user_person"}, "?user=<user>&role=invigilator&unit=<unit>"
    ),
    "entries.show_import": _by(batch="import"),
    "entries.lift_bar": _by(entry="barred"),
    "timetable.show_entry": _by(token="plan", entry="planned_entry"),
    "timetable.lock_entry": _by(token="plan", entry="planned_entry"),
    "timetable.show_room": _by(token="plan", room="planned_room"),
    "timetable.my_calendar": _by(Role.WORKER),
    "timetable.show_series": _by(),
    "timetable.show_paper_times": _by(),
    "venues.show_room": _by(room="room_of_venue"),
    "venues.draw_layout": _by(Role.VENUE_MANAGER, room="room_of_venue"),
    "venues.apply_again": _by(venue="other_venue"),
    "admission.show_photo": _by(Role.INVIGILATOR),
    "admission.show_door": _by(Role.DOOR_STAFF, room="door"),
    "admission.list_doors": _by(Role.DOOR_STAFF),
    "admission.correct_attendance": _by(Role.CHIEF, placement="closed"),
    "admission.refuse_entry": _by(Role.INVIGILATOR, placement="expected"),
    "admission.admit_under_protest": _by(Role.INVIGILATOR, placement="expected"),
    "admission.show_mine": _by(Role.WORKER),
    "admission.show_slip": _by(Role.WORKER),
    "admission.fetch_calendar": _by(Role.WORKER),
    "admission.recheck": _by(Role.CHIEF, room="closed_room"),
    "admission.key_paper": _by(Role.INVIGILATOR),
    "timetable.withdraw_venue": _by(),
    "timetable.show_venue_duties": _by(Role.CHIEF),
    "timetable.ask_swap": _by(Role.INVIGILATOR, duty="own_duty"),
    "timetable.my_duties": _by(Role.INVIGILATOR),
    "conduct.open_case": _by(Role.INVIGILATOR, incident="free_incident"),
    "custody.send": _by(Role.INVIGILATOR, bag="sealed_bag"),
    "custody.open_bag": _by(Role.INVIGILATOR, bag="sealed_bag"),
    "custody.take": _by(Role.INVIGILATOR, bag="sent_bag"),
    "custody.settle": _by(Role.CHIEF, bag="disputed_bag"),
    "custody.pack": _by(Role.VENUE_MANAGER, room="ready_room"),
    "invigilation.open_room": _by(Role.INVIGILATOR, room="ready_room"),
    "invigilation.close": _by(Role.INVIGILATOR),
    "invigilation.absentees": _by(Role.INVIGILATOR),
    "invigilation.stop": _by(Role.INVIGILATOR),
    "invigilation.count": _by(Role.INVIGILATOR, room="closed_room"),
    "invigilation.reconcile": _by(Role.CHIEF, room="closed_room"),
    "invigilation.show_day": _by(Role.CHIEF),
    "invigilation.show_board": _by(Role.CHIEF),
    "marking.engine_room": _by(room="engine_room"),
    "marking.sample": _by(bundle="sample"),
    "marking.assignment_sheet": _by(Role.MARKER, paper="assignment"),
    "marking.check_sheet": _by(paper="assignment"),
    "marking.formative_mark": _by(person_no="formative_person"),
    "papers.show_course": _by(code="course"),
    "credits.show_export": _by(token="export"),
    "theses.propose": _by(Role.WORKER, entry="own_thesis_entry"),
    "theses.topic": _by(Role.MARKER),
    "theses.set_defence": _by(thesis="defended"),
    "theses.defence_file": _by(thesis="defended"),
    "theses.begin": _by(paper="thesis_paper", person_no="thesis_person"),
    "practicals.room": _by(Role.INVIGILATOR, room="skill_room"),
    "practicals.draw": _by(Role.INVIGILATOR, placement="undrawn"),
    "practicals.mark": _by(Role.MARKER, placement="drawn"),
    "results.show_batch": _by(Role.APPROVER, token="batch"),
    "results.discard": _by(token="batch"),
    "results.show_correction": _by(token="correction"),
    "results.examine": _by(token="appeal"),
    "results.show_outcome": _by(token="outcome"),
    "results.correct": _by(token="released"),
    "results.appeal": _by(Role.WORKER, token="own_outcome"),
    "results.review": _by(Role.APPROVER, token="outcome"),
    "certificates.show_series": _by(Role.RELEASE_OFFICER, code="earlier"),
    "certificates.show_credential": _by(token="credential"),
    "certificates.revoke": _by(token="credential"),
    "certificates.suspend": _by(token="credential"),
    "certificates.resume": _by(token="suspended"),
    "certificates.show_certificate": _by(Role.WORKER, token="certificate"),
    "certificates.download_file": _by(Role.WORKER, token="certificate"),
    "certificates.show_picture": _by(Role.WORKER, token="certificate"),
    "certificates.download_credential": _by(Role.WORKER, token="certificate"),
    "certificates.show": _by(code="verify_code"),
    "credits.show_series": _by(code="earlier"),
    "credits.show_claim": _by(token="claim"),
    "credits.replay": _by(token="claim"),
    "credits.claim_again": _by(token="claim"),
    "credits.show_comparison": _by(token="comparison"),
    "credits.explain": _by(token="comparison"),
    "overview.candidate_trail": _by(person_no="worker_no"),
    "overview.mark_trail": _by(entry="worker_entry"),
}


def visit_of(endpoint: str) -> Visit:
    """Return how a page is opened."""
    if endpoint in VISITS:
        return VISITS[endpoint]
    room = endpoint.partition(".")[0]
    return _by(token=PLAN) if room == "timetable" else _by()
