"""What a letter about a sitting says, in the words of the procedure that is first on its agenda."""

from zoneinfo import ZoneInfo

from services.notification.cabinet.messages import said_by
from services.notification.cabinet.render import Renderer
from shared.kernel.log import Row
from shared.kernel.work import UnitOfWork
from shared.procedure.cases import case_of
from shared.texts.languages import Language


async def words(work: UnitOfWork, letter: Row, language: Language) -> dict[str, str]:
    """`title`, `text`, and what the `body` is called. Raises UnknownApplication, Waiting."""
    case = await case_of(work, letter["application"])
    renderer = Renderer(language, ZoneInfo(case.edition.act.zone))
    body = case.procedure.body.title.by_language
    params = {"body": body, "starts_at": case.local(letter["starts_at"]), "place": letter["place"]}
    told = renderer.render(said_by(case, letter["template"], {"at": case.local(letter["goes_at"]), **params}))
    return {"title": told["title"], "text": told["text"], "body": renderer.render(body)}
