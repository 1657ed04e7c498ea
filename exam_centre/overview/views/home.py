"""Home: what waits for me, and who I am here. And each series as a pipeline with its laws."""

from flask import render_template
from flask.typing import ResponseReturnValue

from exam_centre.calendar.queries import access_series, list_series
from exam_centre.kernel import clock
from exam_centre.kernel.permissions import Permission
from exam_centre.overview import queries, service
from exam_centre.overview.views.blueprint import SEES_SERIES, blueprint
from exam_centre.theses.queries import defences_ahead
from exam_centre.theses.rules import DEFENCE_SENTENCES
from exam_centre.webkit.access import current_actor, requires, signed_in
from exam_centre.webkit.database import reader
from exam_centre.webkit.words import ROLE_NAMES


@blueprint.get("/")
@signed_in
def home() -> ResponseReturnValue:
    """Show what waits for whoever is signed in, and their roles."""
    actor = current_actor()
    return render_template(
        "overview/home.html",
        todos=queries.todos_of(reader(), actor, clock.now()),
        duties=service.duties_of(reader(), actor),
        defences=defences_ahead(reader(), actor.human(), clock.now()),
        kind_names=DEFENCE_SENTENCES,
        role_names=ROLE_NAMES,
        is_worker=actor.may(Permission.SEE_OWN),
        is_auditor=actor.may(Permission.READ_AUDIT),
    )


@blueprint.get("/pipeline")
@requires(*SEES_SERIES)
def list_pipelines() -> ResponseReturnValue:
    """Choose the series to look at."""
    return render_template("overview/pipelines.html", series=list_series(reader(), current_actor()))


@blueprint.get("/pipeline/<code>")
@requires(*SEES_SERIES)
def show_pipeline(code: str) -> ResponseReturnValue:
    """Show how far a series is, stage by stage, and whether its laws hold."""
    session = reader()
    series = access_series(session, current_actor(), code)
    return render_template(
        "overview/pipeline.html",
        series=series,
        stages=queries.pipeline_of(session, series.id),
        laws=queries.series_laws(session, series.id),
        is_auditor=current_actor().may(Permission.READ_AUDIT),
    )
