"""What the commands share: the settings, a series by its code, and how facts are printed."""

import json
from typing import Any

import click
from flask import current_app
from sqlalchemy import select
from sqlalchemy.orm import Session

from config import Config
from exam_centre.calendar.models import Series


def current_config() -> Config:
    """Return the settings this process was started with."""
    config: Config = current_app.config["EXAM_CENTRE"]
    return config


def series_called(session: Session, code: str) -> Series:
    """Return the series with that code. Raises ClickException."""
    found = session.scalar(select(Series).where(Series.code == code))
    if found is None:
        raise click.ClickException(f"There is no series {code}.")
    return found


def tell(told: dict[str, Any], as_json: bool) -> None:
    """Print facts as one JSON object, or a line each, nested ones indented."""
    if as_json:
        click.echo(json.dumps(told, ensure_ascii=False))
        return
    for name, value in told.items():
        if isinstance(value, dict):
            click.echo(f"{name}:" if value else f"{name}: none")
            for inner, figure in value.items():
                click.echo(f"  {inner}: {figure}")
        elif isinstance(value, list):
            click.echo(f"{name}:" if value else f"{name}: none")
            for line in value:
                click.echo(f"  {line}")
        else:
            click.echo(f"{name}: {value}")
