"""The life of a bag of papers or scripts."""

from enum import StrEnum

from exam_centre.kernel.flow import Flow


class BagKind(StrEnum):
    """What a bag holds."""

    PAPERS = "papers"
    SCRIPTS = "scripts"


class BagStatus(StrEnum):
    """Where a bag is. Its holder is always exactly one."""

    SEALED = "sealed"
    IN_TRANSIT = "in_transit"
    RECEIVED = "received"
    DISPUTED = "disputed"
    OPENED = "opened"
    DESTROYED = "destroyed"


BAG_FLOW: Flow[BagStatus] = Flow(
    {
        BagStatus.SEALED: frozenset({BagStatus.IN_TRANSIT, BagStatus.OPENED, BagStatus.DESTROYED}),
        BagStatus.IN_TRANSIT: frozenset({BagStatus.RECEIVED, BagStatus.DISPUTED}),
        BagStatus.RECEIVED: frozenset(
            {BagStatus.IN_TRANSIT, BagStatus.OPENED, BagStatus.DESTROYED}
        ),
        BagStatus.DISPUTED: frozenset({BagStatus.RECEIVED}),
        BagStatus.OPENED: frozenset({BagStatus.SEALED, BagStatus.DESTROYED}),
        BagStatus.DESTROYED: frozenset(),
    }
)
