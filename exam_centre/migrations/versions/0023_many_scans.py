"""0023: the trail's rows move its ends; the earlier admission stands; entries by candidate."""

from alembic import op

from exam_centre.kernel.guards import Consequence, Guard
from exam_centre.migrations import create_guards, drop_guards

revision = "0023"
down_revision = "0022"

CHANGED = (
    "NEW.admitted_at <> OLD.admitted_at "
    "OR NEW.admitted_by_id IS DISTINCT FROM OLD.admitted_by_id "
    "OR COALESCE(NEW.admitted_by_scan, 0) <> COALESCE(OLD.admitted_by_scan, 0)"
)
BOTH = "OLD.admitted_at IS NOT NULL AND NEW.admitted_at IS NOT NULL"
EARLIER = (
    "NEW.admitted_at < OLD.admitted_at AND NEW.closed_at IS NULL "
    "AND COALESCE(NEW.admitted_by_scan, 0) <> COALESCE(OLD.admitted_by_scan, 0)"
)


def _admitted_once(when: str) -> Guard:
    return Guard(name="admitted_once", table="attendances", on=("UPDATE",), when=when)


BEFORE = (_admitted_once(f"({BOTH} AND ({CHANGED}))"),)
TRIGGERS = (
    Consequence(
        name="audit_row_ends_its_stream",
        table="audit_rows",
        does="UPDATE audit_streams SET seq = NEW.seq, head = NEW.hash "
        "WHERE name = NEW.stream AND seq < NEW.seq",
    ),
    _admitted_once(f"({BOTH} AND ({CHANGED}) AND NOT ({EARLIER}))"),
)


def upgrade() -> None:
    """Make the first trigger, the second anew, and the index that the door looks people up by."""
    drop_guards(op.get_bind(), BEFORE)
    create_guards(op.get_bind(), TRIGGERS)
    op.create_index("ix_entries_candidate", "entries", ["candidate_id", "series_id"])


def downgrade() -> None:
    """Have them as they were."""
    op.drop_index("ix_entries_candidate", "entries")
    drop_guards(op.get_bind(), TRIGGERS)
    create_guards(op.get_bind(), BEFORE)
