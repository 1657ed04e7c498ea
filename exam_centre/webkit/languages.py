"""The page's language, and how sentences, days, times and numbers are said in it."""

from datetime import date, datetime
from decimal import Decimal

from babel import Locale
from babel.dates import format_date, format_datetime, format_time
from babel.numbers import format_decimal
from flask import Flask, g, has_request_context, request, session
from flask_babel import Babel

from exam_centre.kernel.clock import at_venue
from exam_centre.kernel.sentences import LANGUAGES, Sentence

CHOICE = "language"  # where the browser's session keeps what a person chose
DEFAULT = "zh"
TAGS = {"zh": "zh-Hans", "en": "en"}  # for the lang attribute
NAMES = {"zh": "中文", "en": "English"}  # each in its own language, so that it can be found
DAYS = {"zh": "y年M月d日 EEEE", "en": "EEEE d MMMM y"}
SHORT_DAYS = {"zh": "M月d日 EEE", "en": "EEE d MMM"}
MOMENTS = {"zh": "y年M月d日 HH:mm", "en": "d MMMM y, HH:mm"}
ZONE = "Asia/Shanghai"


def language() -> str:
    """Return "zh" or "en": chosen on this browser, else the person's own, else the browser's."""
    if not has_request_context():
        return DEFAULT
    chosen = session.get(CHOICE)
    if chosen in LANGUAGES:
        return str(chosen)
    actor = g.get("actor")
    if actor is not None and actor.language in LANGUAGES:
        return str(actor.language)
    return request.accept_languages.best_match(list(LANGUAGES)) or DEFAULT


def locale() -> Locale:
    """Return the locale of the page."""
    return Locale.parse(LANGUAGES[language()])


def said(sentence: Sentence | str) -> str:
    """Return a sentence of the rooms in the page's language; plain words stay as they are."""
    return sentence.say_in(language()) if isinstance(sentence, Sentence) else sentence


def on_day(day: date) -> str:
    """Return a day with its weekday, e.g. "Monday 23 November 2026"."""
    return format_date(day, DAYS[language()], locale())


def short_day(day: date) -> str:
    """Return a day for the head of a row, e.g. "Mon 23 Nov"."""
    return format_date(day, SHORT_DAYS[language()], locale())


def at_time(moment: datetime, zone: str = ZONE) -> str:
    """Return the time on the venue's clock, e.g. "08:30"."""
    return format_time(at_venue(moment, zone), "HH:mm", locale=locale())


def at_moment(moment: datetime, zone: str = ZONE) -> str:
    """Return day and time on the venue's clock, e.g. "23 November 2026, 08:30"."""
    return format_datetime(at_venue(moment, zone), MOMENTS[language()], locale=locale())


def in_digits(number: Decimal | int) -> str:
    """Return a number with all the decimals it is stored with, none added and none dropped."""
    exponent = number.as_tuple().exponent if isinstance(number, Decimal) else 0
    places = -exponent if isinstance(exponent, int) and exponent < 0 else 0
    return format_decimal(number, "#,##0" + ("." + "0" * places if places else ""), locale())


def init_languages(app: Flask) -> None:
    """Plug the languages into pages: gettext, the filter `say`, and the formats."""
    Babel(app, locale_selector=lambda: LANGUAGES[language()])
    app.jinja_env.filters |= {
        "say": said,
        "on_day": on_day,
        "short_day": short_day,
        "at_time": at_time,
        "at_moment": at_moment,
        "in_digits": in_digits,
    }

    @app.context_processor
    def page_language() -> dict[str, object]:
        now = language()
        others = {code: name for code, name in NAMES.items() if code != now}
        return {"language_tag": TAGS[now], "other_languages": others, "language_tags": TAGS}
