"""What agencies may read is data; a mistake in it is told with its place."""

from pathlib import Path

import pytest

from deploy.kafka.agencies import WrongAgencies, agencies


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "agencies.yaml"


def test_nobody_is_granted_anything_by_default() -> None:
    assert agencies() == {}


def test_each_agency_has_its_topics(path: Path) -> None:
    path.write_text(
        "- {name: taxes, topics: [ContractSigned]}\n- {name: audit-2, topics: [ContractSigned, CaseClosed]}"
    )
    assert agencies(path) == {"taxes": ("ContractSigned",), "audit-2": ("ContractSigned", "CaseClosed")}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("- {name: taxes, topics: [ContractSignd]}", "agency 1 topics 1: there is no topic ContractSignd"),
        ("- {name: taxes, topics: []}", "agency 1 topics: Tuple should have at least 1 item"),
        ("- {name: commission, topics: [CaseClosed]}", "agency 1 name: commission is a user of the system's own"),
        ("- {name: a.b, topics: [CaseClosed]}", "agency 1 name: String should match pattern"),
        ("- {name: taxes, topics: [CaseClosed], write: yes}", "agency 1 write: Extra inputs are not permitted"),
        ("- {name: taxes}", "agency 1 topics: Field required"),
        ("- {name: a, topics: [CaseClosed]}\n- {name: a, topics: [CaseClosed]}", "named twice: a"),
        ("taxes", "Input should be a valid list"),
        ("", "Input should be a valid list"),
        ("- {name", "while parsing a flow mapping"),
    ],
)
def test_a_mistake_is_told_with_its_place(path: Path, text: str, said: str) -> None:
    path.write_text(text)
    with pytest.raises(WrongAgencies) as wrong:
        agencies(path)
    assert str(wrong.value).startswith(f"{path}: ")
    assert said in str(wrong.value)
