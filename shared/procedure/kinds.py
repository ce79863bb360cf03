"""What a step can be: its kind, the service that carries it, and how it can end.

A kind is implemented once, by one service; procedures only combine kinds.
"""

from dataclasses import dataclass

from shared.identity.roles import Role


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of step: the service that carries it, the roles that may do it, and the outcomes that its facts may have."""

    service: str
    roles: tuple[Role, ...]
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

OFFICIALS = (Role.CHANCELLERY, Role.EXECUTOR, Role.HEAD, Role.SECRETARY)
SECRETARY = (Role.SECRETARY,)

KINDS: dict[str, Kind] = {
    "register": Kind("intake", OFFICIALS),
    "assign": Kind("intake", OFFICIALS),
    "check": Kind("intake", OFFICIALS, ("admitted", "refused")),
    "send": Kind("intake", OFFICIALS),
    "examine": Kind("expertise", (Role.INSTITUTE_EXPERT,)),
    "convene": Kind("commission", OFFICIALS),
    "sit": Kind("commission", SECRETARY),
    "decide": Kind("commission", SECRETARY, DECISIONS),
    "draw-protocol": Kind("commission", SECRETARY, DECISIONS),
    "sign-protocol": Kind("commission", (Role.MEMBER,), ("done", "signed", "not-signed")),
    "approve-protocol": Kind("commission", (Role.CHAIR,), DECISIONS),
    "prepare-result": Kind("commission", OFFICIALS, DECISIONS),
    "sign-result": Kind("commission", OFFICIALS, DECISIONS),
    "register-result": Kind("commission", OFFICIALS, DECISIONS),
    "issue": Kind("commission", OFFICIALS, DECISIONS),
    "sign-contract": Kind("commission", (Role.HEAD,)),
    "notify": Kind(NOTIFICATION, (*OFFICIALS, Role.SYSTEM), ("admitted", *DECISIONS)),
}

PARTICIPANTS = tuple(dict.fromkeys((*(role for kind in KINDS.values() for role in kind.roles), *PARTY_ROLES.values())))
"""Every role that somebody has in a procedure."""


def custodian_of(kind: str) -> str | None:
    """The service that has custody while a step of this kind is next; notification never has it."""
    service = KINDS[kind].service
    return None if service == NOTIFICATION else service
