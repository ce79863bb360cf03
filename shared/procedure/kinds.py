"""What a step can be: its kind, the service that carries it, and how it can end.

A kind is implemented once, by one service; procedures only combine kinds.
"""

from dataclasses import dataclass

from shared.identity.roles import Role


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of step: the service that carries it and the outcomes that its facts may have."""

    service: str
    outcomes: tuple[str, ...] = ("done",)


NOTIFICATION = "notification"
DECISIONS = ("granted", "refused")
APPLICANT = "applicant"
PARTY_ROLES: dict[str, Role] = {
    "provider": Role.HEAD,
    "financial-agency": Role.FINANCIAL_AGENCY,
    "national-institute": Role.INSTITUTE_HEAD,
    APPLICANT: Role.APPLICANT,
}
"""In which role one signs a contract for each party."""

KINDS: dict[str, Kind] = {
    "register": Kind("intake"),
    "assign": Kind("intake"),
    "check": Kind("intake", ("admitted", "refused")),
    "send": Kind("intake"),
    "examine": Kind("expertise"),
    "convene": Kind("commission"),
    "sit": Kind("commission"),
    "decide": Kind("commission", DECISIONS),
    "draw-protocol": Kind("commission", DECISIONS),
    "sign-protocol": Kind("commission", ("done", "signed", "not-signed")),
    "approve-protocol": Kind("commission", DECISIONS),
    "prepare-result": Kind("commission", DECISIONS),
    "sign-result": Kind("commission", DECISIONS),
    "register-result": Kind("commission", DECISIONS),
    "issue": Kind("commission", DECISIONS),
    "sign-contract": Kind("commission"),
    "notify": Kind(NOTIFICATION, ("admitted", *DECISIONS)),
}


def custodian_of(kind: str) -> str | None:
    """The service that has custody while a step of this kind is next; notification never has it."""
    service = KINDS[kind].service
    return None if service == NOTIFICATION else service
