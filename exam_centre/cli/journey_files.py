"""What a journey leaves in a folder: slips, certificates, credentials and exports."""

import json
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from multiprocessing import get_context
from typing import ClassVar

import click
from sqlalchemy import select

from config import Config
from exam_centre.adapters.pdf import CannotDraw, Fonts
from exam_centre.adapters.storage import DiskStorage
from exam_centre.admission.documents.slips import Press, SlipsPdf, slips_pdf_of_venue
from exam_centre.admission.service import slip_keys
from exam_centre.calendar.models import Series
from exam_centre.certificates import jobs as certificates
from exam_centre.certificates.models import Certificate, Credential, StatusBit
from exam_centre.certificates.queries import status_list, unprinted
from exam_centre.certificates.rules import Purpose
from exam_centre.certificates.rules.printing import TEMPLATE
from exam_centre.credits.documents import conversions, course_results
from exam_centre.demo.journey.keeping import File, Progress
from exam_centre.kernel.database import connect, make_engine, reading, unit_of_work
from exam_centre.kernel.permissions import Actor
from exam_centre.kernel.sealing import load_seal
from exam_centre.results.models import Outcome
from exam_centre.timetable.documents import plan_csv, plan_workbook
from exam_centre.timetable.queries import export_lines, newest_plan
from exam_centre.venues.models import Venue


@dataclass(frozen=True)
class Carried:
    """A series at its journey's end, and who prints what came of it."""

    series_id: int
    officer: Actor  # prints
    operator: Actor  # speaks to the credit bank
    now: datetime
    config: Config


def slips(carried: Carried, progress: Progress) -> Iterator[File]:
    """Yield a PDF for each venue, with the slips of everybody whose first paper is sat there."""
    with reading() as session:
        venues = session.execute(select(Venue.id, Venue.code).order_by(Venue.code)).all()
    with _pool(_begin_slips, carried.config) as pool:
        drawn = pool.map(partial(_draw_slips, carried.series_id), [key for key, _ in venues])
        for done, ((_, code), pdf) in enumerate(zip(venues, drawn, strict=True)):
            progress(done, len(venues))
            for stopped in pdf.stopped:
                click.echo(f"{stopped.person_no} {stopped.name}: {stopped.sentence}", err=True)
            if pdf.content is not None:
                yield f"{code}-slips.pdf", pdf.content


def certificate_files(carried: Carried, progress: Progress) -> Iterator[File]:
    """Print what was not printed yet, on every core, and yield every certificate.

    A name that no font can draw stops that certificate and no other.
    """
    with reading() as session:
        wanted = unprinted(session, carried.series_id, TEMPLATE)
    press = certificates.press()
    # A press that was used holds keys that can not travel to another process; its copy is fresh.
    with _pool(_begin_printing, carried.config.database_url, replace(press)) as pool:
        printing = pool.map(partial(_print, carried.officer, carried.now), wanted, chunksize=20)
        for done, _ in enumerate(printing, 1):
            progress(done, len(wanted))
    certificates.tell_ready(carried.series_id, lambda: carried.now)
    with reading() as session:
        rows = session.execute(
            select(Certificate.serial, Certificate.file_key)
            .join(Credential, Credential.id == Certificate.credential_id)
            .join(Outcome, Outcome.id == Credential.outcome_id)
            .where(Outcome.series_id == carried.series_id)
            .order_by(Certificate.serial)
        ).all()
    for serial, key in rows:
        yield f"{serial}-certificate.pdf", press.storage.read(key)


class _Slips:
    """The press of a process of the pool."""

    press: ClassVar[Press]


def _pool(begin: Callable[..., None], *facts: object) -> ProcessPoolExecutor:
    """Return processes for every core, each made ready by `begin`."""
    return ProcessPoolExecutor(mp_context=get_context("spawn"), initializer=begin, initargs=facts)


def _begin_slips(config: Config) -> None:
    """Make a process of the pool ready: a line to the database, and the press for slips."""
    connect(make_engine(config.database_url))
    fonts = Fonts.from_assets(config.assets_dir)
    _Slips.press = Press(slip_keys(config.keys_dir), DiskStorage(config.files_dir), fonts)


def _draw_slips(series_id: int, venue_id: int) -> SlipsPdf:
    with reading() as session:
        return slips_pdf_of_venue(session, venue_id, series_id, press=_Slips.press)


def _begin_printing(database_url: str, press: certificates.Press) -> None:
    """Make a process of the pool ready: a line to the database, and the press."""
    connect(make_engine(database_url))
    certificates.connect(press)


def _print(officer: Actor, now: datetime, credential_id: int) -> None:
    with suppress(CannotDraw):
        certificates.print_certificate(officer, credential_id, now)


def credentials(carried: Carried, progress: Progress) -> Iterator[File]:
    """Yield every credential as a JWT, the keys that verify them, and the status lists."""
    signer = certificates.press().signer
    yield "issuer-keys.json", _as_json(signer.key_set())
    with reading() as session:
        rows = session.execute(
            select(Credential.stable_id, Credential.number, Credential.jwt)
            .join(Outcome, Outcome.id == Credential.outcome_id)
            .where(Outcome.series_id == carried.series_id)
            .order_by(Credential.id)
        ).all()
        for done, (stable_id, number, jwt) in enumerate(rows):
            progress(done, len(rows))
            yield f"{stable_id}-{number}-credential.jwt", jwt.encode()
        for list_no in session.scalars(
            select(StatusBit.list_no).distinct().order_by(StatusBit.list_no)
        ):
            for purpose in Purpose:
                signed = status_list(session, list_no, purpose, signer, now=carried.now)
                yield f"status-{purpose.value}-{list_no}.jwt", signed.encode()


def exports(carried: Carried, progress: Progress) -> Iterator[File]:
    """Yield the plan as CSV and as a workbook, and the two files for the credit bank."""
    with reading() as session:
        series = session.get_one(Series, carried.series_id)
        plan = newest_plan(session, series.id)
        if plan is not None:
            lines = list(export_lines(session, plan))
            yield f"{series.code}-plan.csv", plan_csv(lines)
            yield f"{series.code}-plan.xlsx", plan_workbook(series.code, lines, carried.now)
    seal = load_seal(carried.config.keys_dir)
    for done, (name, export) in enumerate(BANK_FILES.items(), 1):
        with unit_of_work() as session:
            series = session.get_one(Series, carried.series_id)
            file = export(
                session,
                carried.operator,
                seal,
                series,
                issuer_name=carried.config.issuer_name,
                reason="向学分银行报送本批次成绩",
                now=carried.now,
            )
            if file.left_out:
                click.echo(f"{name}: {len(file.left_out)} passes could not be written", err=True)
            yield f"{series.code}-{name}.xlsx", file.content
        progress(done, len(BANK_FILES))


def _as_json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=1).encode()


BANK_FILES = {"course-results": course_results, "conversions": conversions}
WRITERS: dict[str, Callable[[Carried, Progress], Iterator[File]]] = {
    "slips kept": slips,
    "certificates kept": certificate_files,
    "credentials kept": credentials,
    "exports kept": exports,
}
