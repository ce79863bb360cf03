"""The papers of a result: which there are, and what each says, byte for byte.

What was signed must come out the same for ever: a form that has been used is never changed.
"""

from collections.abc import Mapping
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from shared.contracts.canonical import canonical, digest_of
from shared.contracts.common import Digest

COVER_LETTER, REFUSAL = "cover-letter", "refusal"


class Terms(BaseModel):
    """What the papers tell of the decision. `papers`: their codes; `amount` in tenge; protocol and edition by digests."""

    model_config = ConfigDict(frozen=True)

    application: UUID
    number: str
    papers: tuple[str, ...]
    outcome: Literal["granted", "refused"]
    body: str
    protocol_number: str
    protocol_digest: Digest
    title: str
    amount: str
    edition: Digest
    form: int = 1


def papers_of(given: tuple[str, ...], outcome: str) -> tuple[str, ...]:
    """Which papers are prepared of those that the procedure gives: a reasoned refusal stands for what isn't granted."""
    if outcome == "granted":
        return given
    return tuple(dict.fromkeys(paper if paper == COVER_LETTER else REFUSAL for paper in given))


def texts(terms: Terms, reasons: str | None) -> dict[str, str]:
    """Canonical JSON of each paper; the cover letter names the others by their digests."""
    said = {paper: canonical(_says(terms, paper, reasons)) for paper in terms.papers if paper != COVER_LETTER}
    if COVER_LETTER in terms.papers:
        said[COVER_LETTER] = canonical({**_head(terms, COVER_LETTER), "encloses": digests(said)})
    return said


def digests(of: Mapping[str, str]) -> dict[str, str]:
    """SHA-256 of each text."""
    return {paper: digest_of(text) for paper, text in of.items()}


def _says(terms: Terms, paper: str, reasons: str | None) -> dict[str, object]:
    decision = terms.model_dump(mode="json", exclude={"application", "number", "papers", "form"})
    return {**_head(terms, paper), **decision, "reasons": reasons}


def _head(terms: Terms, paper: str) -> dict[str, object]:
    return {"paper": paper, "application": str(terms.application), "number": terms.number}
