"""A small series as files, as an exam office hands one over: every mode, every role, any days."""

import csv
from datetime import date, timedelta
from pathlib import Path
from random import Random

from exam_centre.demo.names import draw_name, number_of

PEOPLE = 12
PAPERS = (  # code, mode, minutes
    ("3001", "paper", "60"),
    ("3002", "listening", "60"),
    ("3003", "computer", "60"),
    ("3004", "practical", "60"),
    ("3005", "assignment", ""),
    ("3006", "thesis", ""),
)
ROOMS = (  # code, type, rows, columns
    ("101", "standard", 5, 6),
    ("102", "computer", 4, 5),
    ("103", "workshop", 3, 4),
)
STAFF = (  # unit, roles, how many
    ("HQ", "release_officer;coordinator", 2),
    ("61", "administrator", 2),
    ("61", "coordinator", 3),
    ("61", "approver", 3),
    ("61", "release_officer", 2),
    ("61", "bank_operator", 2),
    ("61-01-A", "venue_manager", 1),
    ("61-01-A", "chief;invigilator", 2),
    ("61-01-A", "invigilator;checkin", 4),
    ("61-01-A", "marker", 8),
    ("61-01-A", "moderator", 2),
)


def write_series(folder: Path, code: str, day: date) -> None:
    """Write the files of series `code`, whose papers are sat on `day` and the day after."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, header, rows in (*_places(), *_days(code, day), *_catalogue(), *_people(code, day)):
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(header.split())
            writer.writerows(rows)


def _places():
    yield (
        "org_units",
        "org_code parent_code level name",
        [
            ("HQ", "", "national", "总部"),
            ("61", "HQ", "provincial", "陕西分部"),
            ("61-01", "61", "prefectural", "西安学院"),
            ("61-01-A", "61-01", "county", "高新学习中心"),
        ],
    )
    yield (
        "parks",
        "park_code org_code name lat lon",
        [("GX", "61-01-A", "西安高新区", "34.23", "108.88")],
    )
    yield (
        "enterprises",
        "enterprise_code park_code name lat lon",
        [("GX-E01", "GX", "西安精密机械", "34.24", "108.87")],
    )
    yield (
        "venues",
        "venue_code park_code name kind lat lon",
        [("GX-V1", "GX", "高新区考点", "formal", "34.235", "108.885")],
    )
    yield (
        "rooms",
        "venue_code room_code floor type rows cols pattern capacity blocked attributes door",
        [
            ("GX-V1", room, "1", kind, rows, cols, "S", rows * cols, "", "wheelchair", "front-left")
            for room, kind, rows, cols in ROOMS
        ],
    )


def _days(code, day):
    next_day = day + timedelta(days=1)
    yield "shifts", "enterprise team date starts ends", [("GX-E01", "A", day, "20:00", "08:00")]
    times = (("08:30", "10:00"), ("10:40", "12:10"), ("14:00", "15:30"))
    yield (
        "periods",
        "series period date starts ends",
        [
            (code, f"P{number + 1:02d}", date_, *span)
            for number, (date_, span) in enumerate((d, t) for d in (day, next_day) for t in times)
        ],
    )


def _catalogue():
    yield (
        "papers",
        "paper_code name mode minutes book_rule formative_ratio double_pass pass_mark precision",
        [
            (code, f"科目{code}", mode, minutes, "closed", "40", "no", "60", "0")
            for code, mode, minutes in PAPERS
        ],
    )
    yield (
        "courses",
        "course_code paper_code level learning_area credits",
        [(f"C{code}", code, "diploma", "专业技能", "2.0") for code, _, _ in PAPERS],
    )


def _people(code, day):
    chance = Random(code)
    workers = [f"6126{number:06d}" for number in range(1, PEOPLE + 1)]
    yield (
        "people",
        "person_no name id_type id_no gender phone org_code enterprise work_no team consent_date",
        [
            (
                number,
                draw_name(chance),
                "ID",
                number_of(serial, chance),
                "女",
                f"1390000{serial:04d}",
                "61-01-A",
                "GX-E01",
                f"W{serial:04d}",
                "ABC"[serial % 3],
                day - timedelta(days=90),
            )
            for serial, number in enumerate(workers)
        ],
    )
    yield (
        "staff",
        "staff_no name id_no org_code roles trained_until unavailable relatives",
        [
            (
                f"S61{serial:04d}",
                draw_name(chance),
                number_of(500 + serial, chance),
                *posted,
                day + timedelta(days=365),
                "",
                "",
            )
            for serial, posted in enumerate(
                (unit, roles) for unit, roles, many in STAFF for _ in range(many)
            )
        ],
    )
    entries = [
        (number, code, paper, f"C{paper}", "diploma", "1", mode, "first", "", "")
        for serial, number in enumerate(workers)
        for place, (paper, mode, _) in enumerate(PAPERS)
        if (serial + place) % 2
    ]
    yield (
        "entries",
        "person_no series paper_code course_code level attempt mode take_type access_code "
        "venue_preference",
        entries,
    )
    yield (
        "formative_marks",
        "person_no course score status source date",
        [
            (row[0], row[3], chance.randint(60, 95), "", "学习平台", day - timedelta(days=10))
            for row in entries
        ],
    )
