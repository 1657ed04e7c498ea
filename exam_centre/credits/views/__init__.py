"""The pages of credits: the worker's results, the operator's queue, the ledgers compared."""

from flask.blueprints import BlueprintSetupState
from flask_babel import lazy_gettext as _l

from exam_centre.credits import jobs
from exam_centre.credits.views import books, claims, comparing, exports, own
from exam_centre.credits.views.blueprint import blueprint
from exam_centre.kernel.permissions import Permission
from exam_centre.webkit.navigation import NavItem

NAVIGATION: tuple[NavItem, ...] = (
    NavItem(_l("My results"), "credits.mine", (Permission.SEE_OWN,)),
    NavItem(_l("Credits"), "credits.list_claims", (Permission.RUN_CREDITS, Permission.READ_AUDIT)),
)

__all__ = ["NAVIGATION", "blueprint", "books", "claims", "comparing", "exports", "own"]


@blueprint.record_once
def connect_desk(state: BlueprintSetupState) -> None:
    """Tell the desk who we are to the bank and where it is."""
    config = state.app.config["EXAM_CENTRE"]
    jobs.connect(
        jobs.Desk(
            bank_url=config.bank_url,
            bank_code=config.bank_code,
            timeout_seconds=config.bank_timeout_seconds,
            keys_dir=config.keys_dir,
            public_url=config.public_url,
            files_dir=config.files_dir,
            issuer_name=config.issuer_name,
        )
    )
