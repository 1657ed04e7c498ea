"""The life of a topic a worker proposes: it waits, and is approved or returned with a reason."""

from enum import StrEnum

from exam_centre.kernel.flow import Flow
from exam_centre.kernel.sentences import Sentence, say


class TopicStatus(StrEnum):
    """Where one version of a proposed topic stands."""

    PROPOSED = "proposed"
    APPROVED = "approved"
    RETURNED = "returned"


TOPIC_FLOW: Flow[TopicStatus] = Flow(
    {
        TopicStatus.PROPOSED: frozenset({TopicStatus.APPROVED, TopicStatus.RETURNED}),
        TopicStatus.APPROVED: frozenset(),
        TopicStatus.RETURNED: frozenset(),
    }
)

TOPIC_SENTENCES: dict[TopicStatus, Sentence] = {
    TopicStatus.PROPOSED: say("Topic proposed"),
    TopicStatus.APPROVED: say("Topic approved"),
    TopicStatus.RETURNED: say("Topic returned"),
}
