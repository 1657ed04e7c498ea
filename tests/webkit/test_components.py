"""The design system stands on one page for developers, and only for them."""

from config import Config
from exam_centre.app import create_app
from exam_centre.webkit.database import ENGINE
from tests.architecture.sources import ROOT
from tests.webkit.fixtures import settings

PRODUCTION = {
    "EXAM_CENTRE_ENVIRONMENT": "production",
    "EXAM_CENTRE_PUBLIC_URL": "https://exams.example.edu.cn",
    "EXAM_CENTRE_BANK_URL": "https://bank.example.edu.cn",
    "EXAM_CENTRE_TRUSTED_HOSTS": "exams.example.edu.cn",
}


def test_every_component_is_shown():
    page = (ROOT / "templates" / "webkit" / "components.html").read_text()
    pieces = {path.stem for path in (ROOT / "templates" / "_components").glob("*.html")}

    # Icons are shown by the pieces that hold them.
    assert {piece for piece in pieces if f"_components/{piece}.html" not in page} == {"icon"}


def test_production_has_no_page_for_developers(client, sqlite_url, tmp_path):
    wanted = settings(sqlite_url, tmp_path) | PRODUCTION
    app = create_app(Config.from_environment(wanted))
    host = "https://exams.example.edu.cn"

    assert client.get("/_components").status_code == 200
    assert app.test_client().get("/_components", base_url=host).status_code == 404
    assert app.test_client().get("/sign-in", base_url=host).status_code == 200
    app.extensions[ENGINE].dispose()


def test_being_alive_asks_for_nothing_but_an_answer(client):
    assert client.get("/health").json == {"status": "alive"}
