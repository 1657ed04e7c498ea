"""What our words are called at each destination: topics, the destinations' own lists, a start."""

import re
from collections.abc import Mapping
from enum import StrEnum

from exam_centre.kernel.errors import BadInput
from exam_centre.kernel.sentences import Sentence, say

EVERY = "*"  # our word for "whatever has no code of its own"
SAME = "="  # their code for "the same course"
HALF_CREDITS = re.compile(r"(?!0+(\.0)?$)(100(\.0)?|[0-9]{1,2}(\.[05])?)")
Codes = Mapping[tuple[str, str], str]  # (topic, our word) -> the destination's word


class Destination(StrEnum):
    """Whom we speak to: the bank's interface, or one of its two files."""

    CREDIT_BANK = "credit_bank"
    COURSE_RESULTS = "course_results"
    CONVERSION = "conversion"


class Topic(StrEnum):
    """What a code is about."""

    LEVEL = "level"
    UNIT = "unit"
    UNIT_VERSION = "unit_version"
    CATEGORY = "category"
    PROGRAMME = "programme"
    COHORT = "cohort"
    STANDING = "standing"
    SEASON = "season"
    SCHOOL = "school"
    SOURCE = "source"
    CERTIFICATE_TYPE = "certificate_type"
    GRADE = "grade"
    TARGET_COURSE = "target_course"
    TARGET_NAME = "target_name"
    TARGET_CREDITS = "target_credits"
    TARGET_LEVEL = "target_level"


DESTINATION_SENTENCES: dict[str, Sentence] = {
    Destination.CREDIT_BANK: say("Credit bank"),
    Destination.COURSE_RESULTS: say("Export of course results"),
    Destination.CONVERSION: say("Export of conversions"),
}
TOPIC_SENTENCES: dict[str, Sentence] = {
    Topic.LEVEL: say("Level"),
    Topic.UNIT: say("Course code"),
    Topic.UNIT_VERSION: say("Version of the course"),
    Topic.CATEGORY: say("Education category"),
    Topic.PROGRAMME: say("Programme"),
    Topic.COHORT: say("Cohort"),
    Topic.STANDING: say("Standing of the student"),
    Topic.SEASON: say("Season of graduation"),
    Topic.SCHOOL: say("School that converts"),
    Topic.SOURCE: say("Source of the certificate"),
    Topic.CERTIFICATE_TYPE: say("Type of the certificate"),
    Topic.GRADE: say("Grade of the certificate"),
    Topic.TARGET_COURSE: say("Course converted into"),
    Topic.TARGET_NAME: say("Name of the course converted into"),
    Topic.TARGET_CREDITS: say("Credits of the course converted into"),
    Topic.TARGET_LEVEL: say("Level converted into"),
}
# Where our words for a topic come from: shown beside the form.
WORD_SENTENCES: dict[str, Sentence] = {
    Topic.LEVEL: say("bachelor or diploma"),
    Topic.UNIT: say("a course code"),
    Topic.UNIT_VERSION: say("a course code"),
    Topic.CATEGORY: say("bachelor, diploma or *"),
    Topic.PROGRAMME: say("a course code, a learning area such as “specialised skills”, or *"),
    Topic.COHORT: say("the code of a series; without one it is the year of the award"),
    Topic.STANDING: say("always {word}", word="studying"),
    Topic.SEASON: say(
        "the code of a series, spring (January to June) or autumn (July to December)"
    ),
    Topic.SCHOOL: say("the code of a learning centre, or *"),
    Topic.SOURCE: say("always {word}", word="course"),
    Topic.CERTIFICATE_TYPE: say("always {word}", word="course"),
    Topic.GRADE: say("always {word}", word="passed"),
    Topic.TARGET_COURSE: say("a course code or *; the code “=” means the same course"),
    Topic.TARGET_NAME: say("the target's code; not needed for a course of ours"),
    Topic.TARGET_CREDITS: say("the target's code; not needed for a course of ours"),
    Topic.TARGET_LEVEL: say("bachelor, diploma, or the target's code"),
}
TOPICS: dict[str, tuple[Topic, ...]] = {
    Destination.CREDIT_BANK: (Topic.LEVEL, Topic.UNIT, Topic.UNIT_VERSION),
    Destination.COURSE_RESULTS: (
        Topic.LEVEL,
        Topic.CATEGORY,
        Topic.PROGRAMME,
        Topic.STANDING,
        Topic.SEASON,
        Topic.COHORT,
    ),
    Destination.CONVERSION: (
        Topic.SCHOOL,
        Topic.SOURCE,
        Topic.CERTIFICATE_TYPE,
        Topic.GRADE,
        Topic.LEVEL,
        Topic.CATEGORY,
        Topic.TARGET_COURSE,
        Topic.TARGET_NAME,
        Topic.TARGET_CREDITS,
        Topic.TARGET_LEVEL,
        Topic.PROGRAMME,
    ),
}
CONVERTED_LEVELS = {"20": "本科", "21": "专科", "22": "专升本", "23": "高起本"}
# What the files' reader accepts, in its own words; a topic without a list takes any text.
LISTS: dict[tuple[str, str], dict[str, str]] = {
    (Destination.CREDIT_BANK, Topic.LEVEL): {str(n): f"{n} 级" for n in range(1, 11)},
    (Destination.COURSE_RESULTS, Topic.LEVEL): {
        "85": "本科",
        "86": "专科",
        "783": "专升本",
        "784": "高起本",
    },
    (Destination.COURSE_RESULTS, Topic.CATEGORY): {
        "321": "成人",
        "322": "普高",
        "1221": "网络",
        "1381": "中职",
        "1421": "自考",
    },
    (Destination.COURSE_RESULTS, Topic.STANDING): {
        "1261": "毕业",
        "1262": "结业",
        "1690": "在校",
    },
    (Destination.COURSE_RESULTS, Topic.SEASON): {"1321": "春", "1322": "秋"},
    (Destination.CONVERSION, Topic.SOURCE): {"01": "课程类", "02": "证书类"},
    (Destination.CONVERSION, Topic.LEVEL): CONVERTED_LEVELS,
    (Destination.CONVERSION, Topic.CATEGORY): {
        "30": "成人",
        "31": "普高",
        "32": "网络",
        "33": "中职",
        "34": "自考",
    },
    (Destination.CONVERSION, Topic.TARGET_LEVEL): CONVERTED_LEVELS,
}
# What is the same for every open university; school, programme and target courses are not.
STARTERS: tuple[tuple[Destination, Topic, str, str], ...] = (
    (Destination.COURSE_RESULTS, Topic.LEVEL, "bachelor", "85"),
    (Destination.COURSE_RESULTS, Topic.LEVEL, "diploma", "86"),
    (Destination.COURSE_RESULTS, Topic.CATEGORY, EVERY, "1221"),
    (Destination.COURSE_RESULTS, Topic.STANDING, "studying", "1690"),
    (Destination.COURSE_RESULTS, Topic.SEASON, "spring", "1321"),
    (Destination.COURSE_RESULTS, Topic.SEASON, "autumn", "1322"),
    (Destination.CONVERSION, Topic.SOURCE, "course", "01"),
    (Destination.CONVERSION, Topic.CERTIFICATE_TYPE, "course", "课程结业证书"),
    (Destination.CONVERSION, Topic.GRADE, "passed", "合格"),
    (Destination.CONVERSION, Topic.LEVEL, "bachelor", "20"),
    (Destination.CONVERSION, Topic.LEVEL, "diploma", "21"),
    (Destination.CONVERSION, Topic.CATEGORY, EVERY, "32"),
    (Destination.CONVERSION, Topic.TARGET_LEVEL, "bachelor", "20"),
    (Destination.CONVERSION, Topic.TARGET_LEVEL, "diploma", "21"),
)


class TopicNotAsked(BadInput):
    """A code for something this destination never asks about."""

    code = "topic_not_asked"

    def __init__(self, destination: str) -> None:
        super().__init__(
            say(
                "{destination} does not ask for this. Choose another topic.",
                destination=DESTINATION_SENTENCES[destination],
            )
        )


class CodeNotListed(BadInput):
    """A code that the destination's own list does not have."""

    code = "code_not_listed"

    def __init__(self, listed: Mapping[str, str]) -> None:
        known = ", ".join(f"{code} {word}" for code, word in listed.items())
        super().__init__(say("The destination knows {known} only.", known=known))


class CreditsUnreadable(BadInput):
    """Credits of a target course that are no number of half credits."""

    code = "credits_unreadable"

    def __init__(self) -> None:
        super().__init__(say("Write the credits as 0.5 to 100 in steps of a half, such as 3.0."))


def check_code(destination: str, topic: str, theirs: str) -> None:
    """Raise TopicNotAsked, CodeNotListed or CreditsUnreadable for a code no file could carry."""
    if topic not in TOPICS[destination]:
        raise TopicNotAsked(destination)
    listed = LISTS.get((destination, topic))
    if listed is not None and theirs not in listed:
        raise CodeNotListed(listed)
    if topic == Topic.TARGET_CREDITS and not HALF_CREDITS.fullmatch(theirs):
        raise CreditsUnreadable
