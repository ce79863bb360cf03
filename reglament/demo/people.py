"""Who acts in a demonstration installation: invented people with valid numbers and one password for all."""

from dataclasses import dataclass

from shared.identity.number import check_digit
from shared.identity.roles import Role

PASSWORD = "demonstration-only"  # noqa: S105 - a demonstration installation says it aloud
EXPERTS = ("expert-1", "expert-2")
HANDLES = {
    Role.CHANCELLERY: "clerk",
    Role.EXECUTOR: "executor",
    Role.HEAD: "head",
    Role.SECRETARY: "secretary",
    Role.CHAIR: "chair",
    Role.FINANCIAL_AGENCY: "agency",
    Role.INSTITUTE_HEAD: "institute-head",
}
"""Who acts in a role, where one person does."""
MEMBERS = ("chair", "deputy", "member-1", "member-2", "member-3")


@dataclass(frozen=True, slots=True)
class Person:
    """An official of a demonstration: a handle, a number, a name, roles for the provider, seat in the body."""

    handle: str
    number: str
    name: str
    roles: tuple[Role, ...]


def numbered(first_eleven: str) -> str:
    """A number with its check digit; the first one at or after these eleven digits that can be issued."""
    digits = int(first_eleven)
    while (last := check_digit(f"{digits:011d}")) is None:
        digits += 1
    return f"{digits:011d}{last}"


OFFICIALS = (
    Person("clerk", numbered("85031545001"), "Асель Төлеген", (Role.CHANCELLERY,)),
    Person("executor", numbered("80062230002"), "Ерлан Сағатов", (Role.EXECUTOR,)),
    Person("head", numbered("71110930003"), "Гүлнар Омарова", (Role.HEAD,)),
    Person("secretary", numbered("89042545004"), "Дина Ким", (Role.SECRETARY,)),
    Person("chair", numbered("68020130005"), "Болат Есенов", (Role.MEMBER, Role.CHAIR)),
    Person("deputy", numbered("74071940006"), "Ирина Павлова", (Role.MEMBER, Role.CHAIR)),
    Person("member-1", numbered("77093030007"), "Нұрлан Әбдіров", (Role.MEMBER,)),
    Person("member-2", numbered("82051840008"), "Мадина Жұмабек", (Role.MEMBER,)),
    Person("member-3", numbered("79122830009"), "Сергей Ли", (Role.MEMBER,)),
    Person("institute-head", numbered("66101840011"), "Серік Жанатов", (Role.INSTITUTE_HEAD,)),
    Person("expert-1", numbered("81120330012"), "Лаура Бекова", (Role.INSTITUTE_EXPERT,)),
    Person("expert-2", numbered("76052640013"), "Виктор Цой", (Role.INSTITUTE_EXPERT,)),
    Person("agency", numbered("84081440010"), "Айгерім Нұрпейіс", (Role.FINANCIAL_AGENCY,)),
)
