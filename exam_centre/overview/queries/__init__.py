"""What is read across rooms: the laws, the pipeline of a series, and what waits for whom."""

from exam_centre.overview.queries.laws import room_sessions_of, series_laws
from exam_centre.overview.queries.pipeline import PipelineStage, pipeline_of
from exam_centre.overview.queries.todo import Todo, todos_of

__all__ = ["PipelineStage", "Todo", "pipeline_of", "room_sessions_of", "series_laws", "todos_of"]
