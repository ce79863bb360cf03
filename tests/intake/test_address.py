"""An e-mail address is one address."""

import pytest
from pydantic import TypeAdapter, ValidationError

from services.intake.account.handlers import Email

ADDRESS = TypeAdapter[str](Email)


@pytest.mark.parametrize("address", ["askar@example.kz", "o'neil+grant@mail.example.kz", "әсел@пошта.қаз"])
def test_is_taken_as_people_have_them(address: str) -> None:
    assert ADDRESS.validate_python(address) == address


@pytest.mark.parametrize(
    "address",
    ["victim,foo@b.kz", "a;b@c.kz", "A <a@b.kz>", '"a b"@c.kz', "a..b@c.kz", "a@b", "a@b..kz", "a@b.kz\nBcc: c@d.kz"],
)
def test_is_refused_where_it_could_name_another(address: str) -> None:
    with pytest.raises(ValidationError):
        ADDRESS.validate_python(address)
