"""Which officials may open an application: those of its provider, the auditor and the operator."""

from shared.identity.roles import Role
from shared.identity.tokens import Caller, NotYourProvider

OFFICIALS = (
    Role.CHANCELLERY,
    Role.HEAD,
    Role.EXECUTOR,
    Role.SECRETARY,
    Role.MEMBER,
    Role.CHAIR,
    Role.FINANCIAL_AGENCY,
    Role.AUDITOR,
    Role.OPERATOR,
)
EVERYWHERE = (Role.AUDITOR, Role.OPERATOR)


def must_be_shown(caller: Caller, provider: str) -> None:
    """Refuses with NotYourProvider. A grant of an auditor or operator that names no provider is for all of them."""
    held = [g for g in caller.grants if g.role in OFFICIALS]
    if not any(g.provider == provider or (g.role in EVERYWHERE and g.provider is None) for g in held):
        raise NotYourProvider(role=held[0].role if held else Role.EXECUTOR, provider=provider)
