"""Why something can't be reported of an organisation."""

from shared.web.refusal import Forbidden, Refused


class OtherKindOfOrganisation(Refused):
    """The part of the sheet is about organisations of one kind."""

    status = 422
    takes = ("organisation", "kind")


class SaidTwice(Refused):
    """One report says two different things of the same from the same source."""

    status = 422
    takes = ("organisation", "fact")


class MisplacedFact(Refused):
    """The fact is of another period than the evaluation, or says that the organisation didn't exist in this one."""

    status = 422
    takes = ("organisation", "fact", "period")


class AssumedByOthers(Forbidden):
    """What is missing or contradictory is assumed by the evaluating authority alone."""

    takes = ("organisation", "fact")


class LeftOutCountsNowhere(Refused):
    """The organisation was left out, so no fact of it changes anything in the sheet."""

    takes = ("organisation",)


class ImportUnderWay(Refused):
    """This very file is being imported, since it was sent twice; the second sending hears what came of it by asking again."""

    takes = ("file",)
    wait = 10


class WrongFile(Refused):
    """Rows of the file can't be imported; each is listed with its cell, and nothing of the file was taken."""

    status = 422
    takes = ("problems",)
