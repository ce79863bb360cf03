"""Other ways through the same services: a procedure with an expertise, and one whose council gives an extract.

Both are played by the driver of the demonstration from acts worked by hand; tests stop where they want to look.
"""

from typing import Any

from reglament.demo.case import Act, Expected, Worked, instant
from reglament.demo.driver import Driver
from shared.procedure.editions import load_all
from shared.procedure.format import Names
from tests.journeys.town import Json, Town

EXTRACT, INNOVATION = "karaganda-2019/infrastructure", "shymkent-2019/innovation-projects"
NOTHING = Names(kk="-", ru="-", en="-")

EXTRACT_GIVEN = (
    {"do": "register", "receipt": "2019-11-25 10:00", "at": "2019-11-25 10:10"},
    {"do": "check", "at": "2019-11-26 15:00", "outcome": "admitted"},
    {"do": "convene", "at": "2019-11-27 11:00", "sitting": "2019-11-28 10:00"},
    {"do": "sit", "at": "2019-11-28 10:30"},
    {"do": "decide", "at": "2019-11-28 11:00", "in_favour": 5},
    {"do": "draw-protocol", "at": "2019-11-28 15:00"},
    {"do": "sign-protocol", "at": "2019-11-29 10:00"},
    {"do": "approve-protocol", "at": "2019-11-29 11:00"},
    {"do": "prepare-result", "at": "2019-11-29 12:00"},
    {"do": "sign-result", "at": "2019-11-29 16:00"},
    {"do": "register-result", "at": "2019-12-03 10:00"},
    {"do": "issue", "at": "2019-12-03 11:00"},
)
CONTRACT_SIGNED = (
    {"do": "register", "receipt": "2019-11-11 10:00", "at": "2019-11-11 10:10"},
    {"do": "assign", "at": "2019-11-11 10:40"},
    {"do": "check", "at": "2019-11-12 15:00", "outcome": "admitted"},
    {"do": "send", "at": "2019-11-13 11:00"},
    {"do": "examine", "at": "2020-02-03 11:00"},
    {"do": "convene", "at": "2020-02-04 11:00", "sitting": "2020-02-11 10:00"},
    {"do": "sit", "at": "2020-02-11 10:30"},
    {"do": "decide", "at": "2020-02-11 11:00", "in_favour": 5},
    {"do": "draw-protocol", "at": "2020-02-12 10:00"},
    {"do": "sign-protocol", "at": "2020-02-12 11:00"},
    {"do": "approve-protocol", "at": "2020-02-12 12:00"},
    {"do": "notify", "at": "2020-02-13 10:00"},
    {"do": "sign-contract", "at": "2020-02-14 10:00", "party": "financial-agency"},
    {"do": "sign-contract", "at": "2020-02-14 11:00", "party": "applicant"},
    {"do": "sign-contract", "at": "2020-02-14 12:00", "party": "provider"},
)


class Way(Driver):
    """A case under way, played up to an act and then looked at."""

    async def until(self, act: str) -> Json:
        """Every act up to this one, itself included."""
        names = [a.do for a in self.worked.acts]
        played, kept = self.worked.acts[: names.index(act) + 1], self.worked
        self.worked = kept.model_copy(update={"acts": played})
        state = await self.play()
        self.worked = kept.model_copy(update={"acts": kept.acts[len(played) :]})
        return state


async def way(town: Town, code: str, acts: tuple[dict[str, Any], ...], **changed: dict[str, Any]) -> Way:
    """The way of one new application; `changed`: other details of an act, by what it does with - for _."""
    published = load_all()[code]
    other = {name.replace("_", "-"): details for name, details in changed.items()}
    said = tuple(Act.model_validate({**act, **other.get(act["do"], {})}) for act in acts)
    worked = Worked(title=NOTHING, channel="paper", acts=said, expect=Expected(outcome="-", actions=()))
    stage = await town.stage_of(code, instant(said[0].receipt or said[0].at, published.edition.act.zone))
    return Way(stage, worked)
