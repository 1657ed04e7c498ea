"""What a certificate says: the credential's facts in Chinese and English, and how to check them."""

from datetime import datetime
from zoneinfo import ZoneInfo

from exam_centre.adapters.pdf import (
    Align,
    Columns,
    Document,
    Facts,
    Page,
    QrBlock,
    Rule,
    Seal,
    Size,
    Spacer,
    Text,
    ToBottom,
    unbroken,
)
from exam_centre.adapters.picture import Picture, PictureLine
from exam_centre.certificates.models import Credential
from exam_centre.certificates.rules import AwardFacts
from exam_centre.certificates.rules.printing import spelled
from exam_centre.kernel.sentences import Sentence, say

ZONE = "Asia/Shanghai"
LEVEL_WORDS: dict[str, Sentence] = {
    "bachelor": say("Bachelor's programme"),
    "diploma": say("Diploma programme"),
}
SEAL = "准予发证"


def verify_address(public_url: str, verify_code: str) -> str:
    """Return where anyone checks a certificate; its QR code says this."""
    return f"{public_url}/verify/{verify_code}"


def certificate_document(
    facts: AwardFacts,
    credential: Credential,
    *,
    issuer_name: str,
    serial: str,
    verify_code: str,
    public_url: str,
) -> Document:
    """Return the certificate of a credential, in both languages on one sheet."""
    course = say(
        "has passed the assessment of “{course}” ({code}) and earned {credits} credits.",
        course=facts.course_name,
        code=facts.course_code,
        credits=f"{facts.credits:.1f}",
    )
    return Document(
        title=_both(say("Certificate of course completion"), " "),
        number=serial,
        language="zh",
        page=Page.CERTIFICATE,
        blocks=(
            Text(issuer_name, Size.LARGE, align=Align.CENTRE),
            Spacer(6),
            Text(
                say("Certificate of course completion").say_in("zh"),
                Size.DISPLAY,
                bold=True,
                align=Align.CENTRE,
            ),
            Text(say("Certificate of course completion").say_in("en"), align=Align.CENTRE),
            Spacer(9),
            Text(unbroken(facts.name), Size.DISPLAY, bold=True, align=Align.CENTRE),
            Text(
                f"{_both(say('Student number'), ' ')} {facts.person_no}",
                Size.SMALL,
                align=Align.CENTRE,
            ),
            Spacer(5),
            Text(course.say_in("zh"), align=Align.CENTRE),
            Text(course.say_in("en"), Size.SMALL, align=Align.CENTRE),
            Spacer(6),
            Rule(),
            Facts(_facts(facts, credential), columns=1, label_mm=46),
            Rule(),
            ToBottom(),
            Columns(
                (
                    (QrBlock(verify_address(public_url, verify_code), 38, spelled(verify_code)),),
                    (
                        Text(_both(say("Check this certificate at")), Size.SMALL),
                        Text(f"{public_url}/verify", Size.SMALL, bold=True),
                        Text(
                            f"{_both(say('Serial number'), ' ')}\n{serial}",
                            Size.SMALL,
                        ),
                    ),
                    (Seal(SEAL, say("Exam Centre").say_in("zh"), 27),),
                ),
                (4.2, 5.2, 3.2),
            ),
        ),
        footer=((say("Credential").say_in("zh"), credential.sha256[:16]),),
    )


def certificate_picture(
    facts: AwardFacts,
    credential: Credential,
    *,
    issuer_name: str,
    serial: str,
    verify_code: str,
    public_url: str,
) -> Picture:
    """Return the same certificate as a picture to keep; the file alone is signed."""
    course = say(
        "has passed the assessment of “{course}” ({code}) and earned {credits} credits.",
        course=facts.course_name,
        code=facts.course_code,
        credits=f"{facts.credits:.1f}",
    )
    return Picture(
        lines=(
            PictureLine(issuer_name, 30),
            PictureLine(
                say("Certificate of course completion").say_in("zh"), 62, bold=True, gap=26
            ),
            PictureLine(say("Certificate of course completion").say_in("en"), 30, soft=True),
            PictureLine(facts.name, 68, bold=True, gap=60),
            PictureLine(
                f"{_both(say('Student number'), ' ')} {facts.person_no}", 26, soft=True, gap=6
            ),
            PictureLine(course.say_in("zh"), 34, gap=44),
            PictureLine(course.say_in("en"), 26, soft=True, gap=8),
            *(
                PictureLine(f"{label}  {value}", 28, gap=40 if first == 0 else 4)
                for first, (label, value) in enumerate(_facts(facts, credential))
            ),
        ),
        qr_text=verify_address(public_url, verify_code),
        beside=(
            PictureLine(say("Check this certificate at").say_in("zh"), 22, soft=True),
            PictureLine(f"{public_url}/verify", 22, bold=True),
            PictureLine(spelled(verify_code), 30, bold=True, gap=12),
            PictureLine(serial, 22, soft=True, gap=12),
        ),
        seal=SEAL,
    )


def _facts(facts: AwardFacts, credential: Credential) -> tuple[tuple[str, str], ...]:
    level = LEVEL_WORDS.get(facts.level)
    said: list[tuple[Sentence, str]] = [
        (say("Score"), f"{facts.score_text} / 100"),
        (say("Level"), _both(level, " ") if level else facts.level),
        (say("Awarded on"), day_of(credential.awarded_at)),
        (say("Valid until"), day_of(credential.valid_until)),
    ]
    if facts.seating is not None:
        said.append((say("Sat under supervision at"), facts.seating.venue_name))
    if facts.number > 1:
        said.append((say("Version"), str(facts.number)))
    return tuple((_both(label, " "), value) for label, value in said)


def day_of(moment: datetime) -> str:
    """Return the day on the issuer's clock, as certificate and verification both say it."""
    return moment.astimezone(ZoneInfo(ZONE)).strftime("%Y-%m-%d")


def _both(sentence: Sentence, between: str = "\n") -> str:
    return f"{sentence.say_in('zh')}{between}{sentence.say_in('en')}"
