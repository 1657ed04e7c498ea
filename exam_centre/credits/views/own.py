"""The worker's own results: what each came to, its certificate, and where its credit stands."""

from dataclasses import dataclass

from flask import render_template
from flask.typing import ResponseReturnValue

from exam_centre.certificates.queries import CredentialRow, rows_of_person
from exam_centre.certificates.rules import LIVE
from exam_centre.credits import queries
from exam_centre.credits.models import Claim, LearningAccount
from exam_centre.credits.queries import pages
from exam_centre.credits.rules import CLAIM_SENTENCES, ClaimStatus
from exam_centre.credits.views.blueprint import CLAIM_KINDS, blueprint
from exam_centre.kernel.permissions import Permission
from exam_centre.kernel.sentences import Sentence, say
from exam_centre.papers.models import Scheme
from exam_centre.results.queries import explanation_of
from exam_centre.results.queries.pages import OutcomeRow, outcomes_of_person
from exam_centre.results.rules import Verdict
from exam_centre.results.rules.steps import Step, steps_of
from exam_centre.results.rules.words import VERDICT_WORDS
from exam_centre.webkit.access import current_actor, requires
from exam_centre.webkit.database import reader


@dataclass(frozen=True)
class Card:
    """One released result as its owner sees it."""

    row: OutcomeRow
    verdict: Sentence
    explanation: Sentence
    steps: tuple[Step, ...]
    credential: CredentialRow | None  # None: nothing was issued, or it was taken back
    credit: Sentence | None  # None: a result that brings no credit
    credit_kind: str  # the icon beside it
    bank_says: str  # the bank's own words, "" where it said none


@blueprint.get("/results/mine")
@requires(Permission.SEE_OWN)
def mine() -> ResponseReturnValue:
    """Show a person their released results, the newest series first."""
    session, person_id = reader(), current_actor().human()
    account = pages.account_of(session, person_id)
    claims = {claim.outcome_id: claim for claim in queries.claims_of_person(session, person_id)}
    words = queries.bank_words(session, [claim.id for claim in claims.values()])
    credentials = rows_of_person(session, person_id)
    cards = []
    for row in outcomes_of_person(session, person_id):
        outcome = row.outcome
        claim = claims.get(outcome.id)
        issued = credentials.get(outcome.id)
        kind, credit = _credit(outcome.verdict, claim, account)
        returned = claim is not None and claim.status is ClaimStatus.RETURNED
        scheme = session.get_one(Scheme, outcome.scheme_id).facts()
        cards.append(
            Card(
                row=row,
                verdict=VERDICT_WORDS[outcome.verdict],
                explanation=explanation_of(outcome),
                steps=steps_of(outcome.parts, scheme, outcome.score),
                credential=issued if issued and issued.credential.status in LIVE else None,
                credit=credit,
                credit_kind=kind,
                bank_says=words.get(claim.id, "") if claim is not None and returned else "",
            )
        )
    return render_template("credits/mine.html", cards=cards)


def _credit(
    verdict: Verdict, claim: Claim | None, account: LearningAccount | None
) -> tuple[str, Sentence | None]:
    if verdict is not Verdict.PASSED:
        return "note", None
    if claim is not None:
        return CLAIM_KINDS.get(claim.status, "note"), CLAIM_SENTENCES[claim.status]
    if account is None:
        return "attend", say(
            "No account at the credit bank is known. Give its number to your learning centre."
        )
    if account.answer in ("mismatch", "unknown"):
        return "attend", say(
            "The credit bank does not find account {number} under your name. Compare your card.",
            number=account.account_no,
        )
    return "note", say("The credits will be claimed next.")
