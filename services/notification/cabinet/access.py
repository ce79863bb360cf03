"""Which officials may open an application: those of its provider, the auditor and the operator.

Members and the chair aren't among them: they read the materials of their sittings, through the commission. The other
parties of the contract see an application from when it can be signed.
"""

from services.notification.cabinet.reads import Shown
from shared.identity.roles import Grant, Role
from shared.identity.tokens import Caller, NotYourProvider

PARTIES = (Role.FINANCIAL_AGENCY, Role.INSTITUTE_HEAD)
OFFICIALS = (
    Role.CHANCELLERY,
    Role.HEAD,
    Role.EXECUTOR,
    Role.SECRETARY,
    *PARTIES,
    Role.AUDITOR,
    Role.OPERATOR,
)
EVERYWHERE = (Role.AUDITOR, Role.OPERATOR)
CONTRACT = "sign-contract"


def must_be_shown(caller: Caller, shown: Shown) -> None:
    """Refuses with NotYourProvider. A grant of an auditor or operator that names no provider is for all of them."""
    held = [g for g in caller.grants if g.role in OFFICIALS]
    if not any(_may_see(g, shown) for g in held):
        raise NotYourProvider(role=held[0].role if held else Role.EXECUTOR, provider=shown.provider)


def _may_see(grant: Grant, shown: Shown) -> bool:
    if grant.role in PARTIES and not _has_contract(shown):
        return False
    return grant.provider == shown.provider or (grant.role in EVERYWHERE and grant.provider is None)


def _has_contract(shown: Shown) -> bool:
    """Whether signing is open, or somebody has signed."""
    return any(step["kind"] == CONTRACT for step in (*shown.state["open"], *shown.state["timeline"]))
