"""The request's database session: it reads, on the one engine of the process, and can not write."""

from typing import Any

from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from exam_centre.kernel import database
from exam_centre.kernel.database import Base

ENGINE = "exam_centre_engine"


class PageDatabase(SQLAlchemy):
    """Flask-SQLAlchemy on the engine the application was built with, in its reading form."""

    def _make_engine(self, bind_key: str | None, options: dict[str, Any], app: Flask) -> Engine:
        engine: Engine = app.extensions[ENGINE]
        return engine.execution_options(reader=True, postgresql_readonly=True)


db = PageDatabase(model_class=Base, disable_autonaming=True, add_models_to_shell=False)


def init_database(app: Flask, url: str) -> None:
    """Make the engine of this process: units of work write on it, requests read on it."""
    engine = database.make_engine(url)
    app.extensions[ENGINE] = engine
    database.connect(engine)
    db.init_app(app)


def reader() -> Session:
    """Return this request's session. Writing with it fails: units of work are for that."""
    return db.session()
