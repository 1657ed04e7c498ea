"""The pages of certificates: the office's, the holder's own, and the public ones."""

from flask.blueprints import BlueprintSetupState
from flask_babel import lazy_gettext as _l

from exam_centre.certificates import jobs
from exam_centre.certificates.views import office, own, verifying
from exam_centre.certificates.views.blueprint import blueprint
from exam_centre.kernel.permissions import Permission
from exam_centre.webkit.navigation import NavItem

NAVIGATION: tuple[NavItem, ...] = (
    NavItem(_l("Certificates"), "certificates.list_series", (Permission.ISSUE_CERTIFICATES,)),
)

__all__ = ["NAVIGATION", "blueprint", "office", "own", "verifying"]


@blueprint.record_once
def connect_press(state: BlueprintSetupState) -> None:
    """Give the press its folders and the address that certificates name."""
    config = state.app.config["EXAM_CENTRE"]
    jobs.connect(
        jobs.Press(
            config.keys_dir,
            config.files_dir,
            config.assets_dir,
            config.public_url,
            config.issuer_name,
        )
    )
