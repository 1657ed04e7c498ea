"""0023: a row of the trail moves the end of its stream by itself."""

from alembic import op

from exam_centre.kernel.guards import Consequence
from exam_centre.migrations import create_guards, drop_guards

revision = "0023"
down_revision = "0022"

TRIGGERS = (
    Consequence(
        name="audit_row_ends_its_stream",
        table="audit_rows",
        does="UPDATE audit_streams SET seq = NEW.seq, head = NEW.hash "
        "WHERE name = NEW.stream AND seq < NEW.seq",
    ),
)


def upgrade() -> None:
    """Make the trigger."""
    create_guards(op.get_bind(), TRIGGERS)


def downgrade() -> None:
    """Take it away again."""
    drop_guards(op.get_bind(), TRIGGERS)
