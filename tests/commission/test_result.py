"""The papers of a result, by themselves."""

import hashlib
import json
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from services.commission.result.domain import Result
from services.commission.result.papers import Terms, digests, papers_of, texts
from services.commission.result.refusals import PapersChanged
from shared.contracts.personal import Personal

AT = datetime(2019, 11, 29, 6, tzinfo=UTC)
HEAD, PERSON = UUID(int=14), UUID(int=2)
REASONS = Personal(person=PERSON, text="feasible plan")


def terms(*papers: str, **other: Any) -> Terms:
    said = {
        "application": UUID(int=1),
        "number": "KRG/2019/000001",
        "papers": papers or ("extract", "cover-letter"),
        "outcome": "granted",
        "body": "regional-coordination-council",
        "protocol_number": "3/2019",
        "protocol_digest": "b" * 64,
        "title": "Substation",
        "amount": "3000000.00",
        "edition": "e" * 64,
    }
    return Terms.model_validate(said | other)


def prepared() -> Result:
    said = terms()
    return Result(said, REASONS, digests(texts(said, REASONS.text)), AT)


class TestWhatIsGiven:
    @pytest.mark.parametrize(
        ("given", "outcome", "papers"),
        [
            (("contract",), "granted", ("contract",)),
            (("contract",), "refused", ("refusal",)),
            (("extract", "cover-letter"), "granted", ("extract", "cover-letter")),
            (("extract", "cover-letter"), "refused", ("refusal", "cover-letter")),
            (("contract", "extract"), "refused", ("refusal",)),
        ],
    )
    def test_follows_from_the_data_and_the_decision(
        self, given: tuple[str, ...], outcome: str, papers: tuple[str, ...]
    ) -> None:
        assert papers_of(given, outcome) == papers


class TestThePapers:
    def test_the_extract_tells_the_decision_with_its_reasons(self) -> None:
        extract = json.loads(texts(terms(), "feasible plan")["extract"])
        assert (extract["outcome"], extract["protocol_number"], extract["reasons"]) == (
            "granted",
            "3/2019",
            "feasible plan",
        )

    def test_the_cover_letter_names_it_by_its_digest(self) -> None:
        said = texts(terms(), "feasible plan")
        expected = hashlib.sha256(said["extract"].encode()).hexdigest()
        assert json.loads(said["cover-letter"])["encloses"] == {"extract": expected}

    def test_other_reasons_are_another_text_and_another_letter(self) -> None:
        one, other = digests(texts(terms(), "feasible plan")), digests(texts(terms(), None))
        assert not set(one.values()) & set(other.values())


class TestWhenThePapersArePrepared:
    def test_they_are_signed_by_their_digests(self) -> None:
        result = prepared()
        result.sign(HEAD, dict(result.digests), AT)
        assert result.signed_by == HEAD

    def test_other_digests_are_refused_with_those_expected(self) -> None:
        result = prepared()
        with pytest.raises(PapersChanged) as refused:
            result.sign(HEAD, {"extract": "0" * 64}, AT)
        assert refused.value.params["expected"] == [f"{p} {d}" for p, d in result.digests.items()]

    def test_being_prepared_anew_unmakes_signature_and_numbers(self) -> None:
        result = prepared()
        result.sign(HEAD, dict(result.digests), AT)
        result.register({"extract": "KRG/2019/extract/1"}, AT)
        again = terms(protocol_digest="c" * 64)
        result.prepare_anew(again, REASONS, digests(texts(again, REASONS.text)), AT)
        assert (result.signed_by, result.numbers, result.channel) == (None, {}, None)
