"""Sittings as tests begin with them: chair Asel, deputy Bolat, members Chingiz, Dana, Erlan; secretary Farida."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from uuid import UUID

from services.commission.body.domain import Composition
from services.commission.sitting.domain import Sitting
from services.commission.sitting.state import Entry, Terms
from services.commission.sitting.voting import Choice
from shared.contracts.personal import Personal

ASEL, BOLAT, CHINGIZ, DANA, ERLAN, FARIDA = EVERYBODY = tuple(UUID(int=n) for n in range(1, 7))
MEMBERS = EVERYBODY[:5]
SITTING, BODY = UUID(int=50), UUID(int=60)
BAKERY, SAWMILL = UUID(int=71), UUID(int=72)
OWNER_OF = {BAKERY: UUID(int=81), SAWMILL: UUID(int=82)}

CONVENED_AT = datetime(2019, 12, 2, 5, tzinfo=UTC)
STARTS_AT = datetime(2019, 12, 10, 4, tzinfo=UTC)
HELD_AT = STARTS_AT + timedelta(minutes=20)
DECIDED_AT = STARTS_AT + timedelta(minutes=40)
DRAWN_AT = STARTS_AT + timedelta(days=1)
SIGNED_AT = DRAWN_AT + timedelta(hours=1)

FOR, AGAINST, ABSTAIN = Choice.FOR, Choice.AGAINST, Choice.ABSTAIN
WHOLE = Composition(members=MEMBERS, chair=ASEL, deputy=BOLAT, secretary=FARIDA)


def terms(signers: str = "present", **rules: object) -> Terms:
    said = {
        "quorum": {"more_than": "0.5"},
        "recused_count_for_quorum": True,
        "abstention": True,
        "majority": "more-for-than-against",
        "tie": "chair",
        "acting_chair": "deputy",
        "assumed": True,
    }
    return Terms.model_validate({"rules": said | rules, "signers": signers, "zone": "Asia/Almaty"})


def entry(application: UUID) -> Entry:
    return Entry(application=application, person=OWNER_OF[application])


def about(application: UUID, text: str) -> Personal:
    return Personal(person=OWNER_OF[application], text=text)


def of(member: UUID, text: str) -> Personal:
    return Personal(person=member, text=text)


def convened(*applications: UUID, said: Terms | None = None, composition: Composition = WHOLE) -> Sitting:
    agenda = tuple(entry(a) for a in applications or (BAKERY,))
    return Sitting(SITTING, BODY, STARTS_AT, "Karaganda, room 3", said or terms(), agenda, composition, CONVENED_AT)


def begun(*applications: UUID, present: Iterable[UUID] = MEMBERS, said: Terms | None = None) -> Sitting:
    sitting = convened(*applications, said=said)
    sitting.call_roll(present, WHOLE, STARTS_AT)
    return sitting


def discussed(*applications: UUID, present: Iterable[UUID] = MEMBERS, said: Terms | None = None) -> Sitting:
    sitting = begun(*applications, present=present, said=said)
    for item in sitting.live:
        sitting.discuss(item.application, about(item.application, "heard"), HELD_AT)
    return sitting


def decided(
    *applications: UUID,
    votes: Iterable[Choice] = (FOR, FOR, FOR, AGAINST, ABSTAIN),
    present: tuple[UUID, ...] = MEMBERS,
    said: Terms | None = None,
) -> Sitting:
    """Votes in the order of those present: by default 3 for, 1 against, 1 abstained, so granted."""
    sitting = discussed(*applications, present=present, said=said)
    for item in sitting.live:
        for member, choice in zip(present, votes, strict=True):
            sitting.vote(item.application, member, choice)
        sitting.close_vote(item.application, about(item.application, "feasible plan"), DECIDED_AT)
    return sitting


def drawn(*applications: UUID, present: tuple[UUID, ...] = MEMBERS, said: Terms | None = None) -> Sitting:
    sitting = decided(*applications, votes=[FOR] * len(present), present=present, said=said)
    sitting.draw_protocol("1/2019", DRAWN_AT)
    return sitting


def signed(*applications: UUID) -> Sitting:
    sitting = drawn(*applications)
    for member in sitting.drawn.signers:
        sitting.sign(member, sitting.drawn.digest, SIGNED_AT)
    return sitting


def approved(*applications: UUID) -> Sitting:
    sitting = signed(*applications)
    sitting.approve(ASEL, sitting.drawn.digest, SIGNED_AT)
    sitting.collect_events()
    return sitting


def new_facts(sitting: Sitting) -> list[str]:
    """What was written since the last time, by name."""
    return [type(e).__name__ for e in sitting.collect_events()]
