"""Builds the application and plugs in every room; it alone knows them all."""

from collections.abc import Iterator
from datetime import datetime
from functools import partial
from importlib import import_module
from importlib.util import find_spec

from flask import Flask, url_for
from flask_babel import lazy_gettext as _l
from flask_wtf import CSRFProtect
from jinja2 import StrictUndefined
from werkzeug.middleware.proxy_fix import ProxyFix

from config import ROOT, Config, Environment, SmsKind
from exam_centre import cli
from exam_centre.accounts import jobs as accounts_jobs
from exam_centre.accounts import service as accounts
from exam_centre.accounts.models import Message
from exam_centre.accounts.views import blueprint as accounts_pages
from exam_centre.adapters import queue
from exam_centre.adapters.mailer import SmtpMailer
from exam_centre.adapters.sms import ConsoleSms, HttpSms, MailSms, Sms
from exam_centre.adapters.storage import DiskStorage
from exam_centre.admission.api import blueprint as admission_endpoints
from exam_centre.admission.views import blueprint as admission_pages
from exam_centre.calendar.views import blueprint as calendar_pages
from exam_centre.certificates.api import blueprint as certificates_endpoints
from exam_centre.certificates.views import blueprint as certificates_pages
from exam_centre.conduct.views import blueprint as conduct_pages
from exam_centre.credits.views import blueprint as credits_pages
from exam_centre.custody.views import blueprint as custody_pages
from exam_centre.entries import jobs as entries_jobs
from exam_centre.entries.views import blueprint as entries_pages
from exam_centre.invigilation.api import blueprint as invigilation_endpoints
from exam_centre.invigilation.views import blueprint as invigilation_pages
from exam_centre.kernel import jobs
from exam_centre.kernel.database import reading, unit_of_work
from exam_centre.kernel.permissions import Actor
from exam_centre.kernel.sealing import load_seal
from exam_centre.marking.api import blueprint as marking_endpoints
from exam_centre.marking.views import blueprint as marking_pages
from exam_centre.organisation.views import blueprint as organisation_pages
from exam_centre.overview.views import blueprint as overview_pages
from exam_centre.papers.views import blueprint as papers_pages
from exam_centre.practicals.views import blueprint as practicals_pages
from exam_centre.results.views import blueprint as results_pages
from exam_centre.theses.views import blueprint as theses_pages
from exam_centre.timetable.views import blueprint as timetable_pages
from exam_centre.venues.views import blueprint as venues_pages
from exam_centre.webkit.access import init_access, public
from exam_centre.webkit.converters import init_converters
from exam_centre.webkit.database import init_database
from exam_centre.webkit.errors import init_errors
from exam_centre.webkit.headers import init_headers
from exam_centre.webkit.languages import init_languages
from exam_centre.webkit.limits import init_limits
from exam_centre.webkit.links import here
from exam_centre.webkit.log import configure_log, init_log
from exam_centre.webkit.navigation import NavGroup, NavItem, init_navigation
from exam_centre.webkit.pages import blueprint as edge_pages
from exam_centre.webkit.showcase import blueprint as showcase_pages
from exam_centre.webkit.static_files import init_static_files
from exam_centre.webkit.text import init_text

# In the order an entry meets them.
ROOMS = (
    "organisation", "accounts", "calendar", "papers", "venues", "entries", "timetable",
    "conduct", "custody", "admission", "invigilation", "marking", "theses", "practicals",
    "results", "certificates", "credits", "overview",
)  # fmt: skip

# Every room with pages; a room's blueprint bears the room's name.
BLUEPRINTS = (
    organisation_pages,
    accounts_pages,
    calendar_pages,
    papers_pages,
    venues_pages,
    entries_pages,
    timetable_pages,
    admission_pages,
    admission_endpoints,
    marking_pages,
    marking_endpoints,
    theses_pages,
    practicals_pages,
    results_pages,
    certificates_pages,
    certificates_endpoints,
    credits_pages,
    conduct_pages,
    custody_pages,
    invigilation_pages,
    invigilation_endpoints,
    overview_pages,
    edge_pages,
)

# What stands behind one word in the menu of people who have many entries.
MENU_GROUPS = (
    NavGroup(_l("Basics"), ("organisation", "accounts", "calendar", "papers", "venues")),
    NavGroup(_l("Candidates and entries"), ("entries",)),
    NavGroup(_l("Planning"), ("timetable", "admission")),
    NavGroup(_l("The day"), ("conduct", "custody", "invigilation", "practicals")),
    NavGroup(_l("Marks and theses"), ("marking", "theses")),
    NavGroup(_l("Awards"), ("results", "certificates", "credits")),
)

for _room in ROOMS:
    for _part in ("models", "jobs"):  # every table, and every work the runner may be asked for
        if find_spec(f"exam_centre.{_room}.{_part}"):
            import_module(f"exam_centre.{_room}.{_part}")


def create_app(config: Config) -> Flask:
    """Return the application. Opens no connection: commands run before there is a database."""
    app = Flask(__name__, root_path=str(ROOT), template_folder="templates", static_folder="static")
    app.config.from_mapping(config.as_flask())
    app.config["EXAM_CENTRE"] = config
    app.config["WTF_CSRF_TIME_LIMIT"] = None  # as long as the browser's session: shifts are long
    if app.config["SESSION_COOKIE_SECURE"]:
        app.config["SESSION_COOKIE_NAME"] = "__Host-session"
    app.json.ensure_ascii = False  # type: ignore[attr-defined] # the default provider has it
    if config.proxy_hops:
        hops = config.proxy_hops
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops)  # type: ignore[method-assign]
    configure_log(config.log_level, as_json=config.environment is Environment.PRODUCTION)
    init_database(app, config.database_url)
    queue.connect(queue.Queue(config.jobs_path, cli.work_next), (jobs.Job, Message))
    accounts_jobs.connect(_texts(config))
    entries_jobs.connect(
        entries_jobs.Vault(DiskStorage(config.files_dir), partial(load_seal, config.keys_dir))
    )
    _init_pages(app)
    _init_edge(app)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    if config.environment is not Environment.PRODUCTION:
        app.register_blueprint(showcase_pages)
    for group in cli.GROUPS:
        app.cli.add_command(group)
    return app


def _texts(config: Config) -> Sms:
    """Return what sends texts to phones, as the settings want it."""
    match config.sms:
        case SmsKind.CONSOLE:
            return ConsoleSms(shows_text=config.environment is Environment.DEVELOPMENT)
        case SmsKind.HTTP:
            return HttpSms(config.sms_url, config.sms_token)
        case SmsKind.MAIL:
            return MailSms(SmtpMailer(config.smtp_url, config.mail_from), config.sms_domain)


def _init_pages(app: Flask) -> None:
    app.jinja_env.add_extension("jinja2.ext.do")
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals |= {"here": here, "home_url": lambda: url_for("overview.home")}
    init_converters(app)
    init_static_files(app, ROOT / "static")
    init_languages(app)


def _init_edge(app: Flask) -> None:
    # What is asked before a view is asked in this order.
    init_log(app)
    init_headers(app)
    init_text(app)
    init_navigation(app, _menu(), MENU_GROUPS)
    init_access(app, _find_actor)
    CSRFProtect(app)
    init_limits(app)
    init_errors(app)
    public(app.view_functions["static"])


def _menu() -> Iterator[NavItem]:
    """Yield what the rooms with pages declare, in the order an entry meets them."""
    with_pages = {blueprint.name for blueprint in BLUEPRINTS}
    for room in ROOMS:
        if room in with_pages:
            pages = import_module(f"exam_centre.{room}.views")
            yield from getattr(pages, "NAVIGATION", ())


def _find_actor(token: str, now: datetime) -> Actor | None:
    with reading() as session:
        actor = accounts.actor_of_token(session, token, now)
        if not session.dirty:
            return actor
    # It is time to note that this browser was seen, and a reader can not: look again and write.
    with unit_of_work() as session:
        return accounts.actor_of_token(session, token, now)
