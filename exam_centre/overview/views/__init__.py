"""The pages of the overview: home, the pipelines of series, and what auditors read."""

from flask_babel import lazy_gettext as _l

from exam_centre.kernel.permissions import Permission
from exam_centre.overview.views import checking, home, picking, trails
from exam_centre.overview.views.blueprint import SEES_SERIES, blueprint
from exam_centre.webkit.navigation import NavItem

NAVIGATION: tuple[NavItem, ...] = (
    NavItem(_l("Pipeline"), "overview.list_pipelines", SEES_SERIES),
    NavItem(_l("Audit"), "overview.find_trail", (Permission.READ_AUDIT,)),
)

__all__ = ["NAVIGATION", "blueprint", "checking", "home", "picking", "trails"]
