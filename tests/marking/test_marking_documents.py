"""What marking prints: codes and never names, blank cells before the rounds are compared."""

from decimal import Decimal

import pytest
from sqlalchemy import select

from exam_centre.accounts.models import Person
from exam_centre.accounts.service import actor_of
from exam_centre.admission.rules import AttendanceStatus
from exam_centre.kernel.permissions import Role
from exam_centre.marking import queries, service
from exam_centre.marking.models import Allocation, Moderation
from exam_centre.marking.rules import BundleStatus
from tests.architecture import strangers
from tests.factories.times import NINE
from tests.marking.hall import Hall, pages_of
from tests.webkit import fixtures

compiled_catalogues = fixtures.compiled_catalogues
config = fixtures.config
app = fixtures.app
no_strangers = strangers.no_strangers
FIRST, SECOND = "李明", "赵静怡"


class Bundle:
    """A bundle of four scripts by two markers, and everybody around it."""

    def __init__(
        self,
        app,
        status: BundleStatus = BundleStatus.FINAL,
        names: tuple[str, str] = (FIRST, SECOND),
    ) -> None:
        self.hall = hall = Hall(app)
        self.office = hall.somebody(Role.EXAM_OFFICER)
        self.moderator = hall.somebody(Role.MODERATOR, name="郑一")
        self.markers = [hall.somebody(Role.MARKER, name=name) for name in names]
        with hall.making() as make:
            sat = make.sat(entries=[make.entry(make.candidate(make.person("王芳")))])
            people = [make.session.get_one(Person, user.person_id) for user in self.markers]
            self.small = make.marked_bundle((70, 71), status=status, sat=sat, markers=people).token
            bundle = make.marked_bundle((70, 72), (40, 41), (90, 88), status=status, markers=people)
            self.token, self.codes = bundle.token, [code.code for code in make.codes(bundle)]

    def sheet(self, user, **choice: str):
        return self.hall.get(
            user, f"/marking/bundles/{choice.get('of', self.token)}/mark-sheet.pdf"
        )

    def report(self, user):
        return self.hall.get(user, f"/marking/bundles/{self.token}/moderation-report.pdf")

    def sample(self, gap: int) -> list[Moderation]:
        """Draw the sample and read all of it, each script `gap` above its first mark."""
        with self.hall.making() as make:
            session = make.session
            actor = actor_of(session, session.merge(self.moderator))
            bundle = queries.access_bundle(session, actor, self.token)
            drawn = service.draw_sample(session, actor, bundle, seed="3-5-1", now=NINE)
            finals = {
                script.code_id: script.final.score for script in queries.scripts_of(session, bundle)
            }
            for row in drawn:
                mark = (finals[row.secret_code_id] or Decimal(0)) + gap
                service.moderate(session, actor, row, score=mark, now=NINE)
            return drawn


def grouped(code: str) -> str:
    return f"{code[:4]} {code[4:]}"


def test_a_mark_sheet_has_codes_and_marks_and_nobodys_name(app):
    bundle = Bundle(app)

    (sheet,) = pages_of(bundle.sheet(bundle.office, of=bundle.small))

    assert "王芳" not in sheet
    assert "70.5" in sheet
    assert FIRST in sheet
    assert SECOND in sheet
    assert "Page 1 of 1" in sheet
    for code in bundle.codes:
        assert grouped(code) in pages_of(bundle.sheet(bundle.office))[0]


def test_before_the_rounds_are_compared_the_sheet_is_blank_but_for_empty_seats(app):
    hall = Hall(app)
    with hall.making() as make:
        bundle = make.bundle(2, AttendanceStatus.ABSENT)
        held = make.allocation(bundle)
        marker = make.session.get_one(Person, held.marker_id)
        make.mark(make.codes(bundle)[1], 77, 1, marker)
        token = bundle.token
    office = hall.somebody(Role.EXAM_OFFICER)

    (sheet,) = pages_of(hall.get(office, f"/marking/bundles/{token}/mark-sheet.pdf"))

    assert "77" not in sheet.split("Date")[0].replace(sheet.splitlines()[0], "").split("Codes")[1]
    assert sheet.count("Absent") == 3
    assert "No script" in sheet


def test_a_markers_own_sheet_has_no_other_round(app):
    bundle = Bundle(app)
    with bundle.hall.making() as make:
        mine = select(Allocation).where(Allocation.marker_id == bundle.markers[0].person_id)
        token = make.session.scalars(mine).first().token

    (sheet,) = pages_of(bundle.hall.get(bundle.markers[0], f"/marking/mine/{token}/mark-sheet.pdf"))

    assert "Submitted" in sheet
    assert FIRST in sheet
    assert SECOND not in sheet
    own = bundle.hall.get(bundle.markers[1], f"/marking/mine/{token}/mark-sheet.pdf")
    assert own.status_code == 404


def test_a_moderation_report_shows_every_mark_its_difference_and_the_verdict(app):
    bundle = Bundle(app)
    assert bundle.report(bundle.office).status_code == 409

    bundle.sample(gap=9)
    (report,) = pages_of(bundle.report(bundle.moderator))

    assert "Beyond the tolerance: 3. The bundle goes back to marking." in report
    assert report.count("+9") == 3
    assert "郑一" in report
    assert "80" in report  # what the moderator gave for the script of 70 and 72


def test_who_still_marks_a_bundle_does_not_read_its_report(app):
    bundle = Bundle(app)
    bundle.sample(gap=0)
    third = bundle.hall.somebody(Role.MARKER, Role.EXAM_OFFICER)
    with bundle.hall.making() as make:
        found = queries.access_bundle(make.session, make.actor(Role.EXAM_OFFICER), bundle.token)
        make.allocation(found, 3, make.session.get_one(Person, third.person_id))

    assert bundle.report(third).status_code == 403
    assert "90" not in pages_of(bundle.sheet(third))[0].split("Place")[1]


def test_a_name_no_font_can_draw_stops_the_sheet_with_a_sentence(app):
    bundle = Bundle(app, names=("李\U000f1234", SECOND))

    answer = bundle.sheet(bundle.office)

    assert answer.status_code == 400
    assert answer.mimetype == "text/html"


@pytest.mark.parametrize("page", ["mark-sheet.pdf", "moderation-report.pdf"])
def test_papers_of_another_branch_are_absent_and_markers_print_their_own_alone(app, page):
    bundle = Bundle(app)
    away = bundle.hall.away(Role.EXAM_OFFICER, Role.MODERATOR)

    address = f"/marking/bundles/{bundle.token}/{page}"
    assert bundle.hall.get(away, address).status_code == 404
    assert bundle.hall.get(bundle.markers[0], address).status_code == 403


def test_the_sheet_speaks_chinese(app):
    bundle = Bundle(app)
    chinese = bundle.hall.somebody(Role.EXAM_OFFICER, language="zh")

    (sheet,) = pages_of(bundle.sheet(chinese))

    assert "登分表" in sheet
    assert "第 1 页，共 1 页" in sheet
