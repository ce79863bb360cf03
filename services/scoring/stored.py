"""The names under which the private facts of scoring are stored."""

from services.scoring.body import domain as body
from services.scoring.edition import domain as edition
from services.scoring.evaluation import domain as evaluation
from services.scoring.organisation import domain as organisation
from shared.kernel.events import EventNames

NAMES = EventNames(body.STORED, edition.STORED, evaluation.STORED, organisation.STORED)
