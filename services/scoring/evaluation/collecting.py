"""What is reported for an evaluation: its opening, the files that are imported, its closing.

The facts stand in the organisations' own streams; whoever reports stands on this one, so that closing and reporting can't
pass each other.
"""

# ruff: noqa: ARG002 (an event says more than its aggregate has to remember)

from datetime import datetime
from enum import StrEnum
from uuid import UUID, uuid5

from eventsourcing.domain import event
from pydantic import BaseModel, ConfigDict, Field

from services.scoring.body.domain import NAMESPACE
from services.scoring.evaluation.figures import Approval, Figures
from services.scoring.evaluation.objections import Objection
from services.scoring.evaluation.refusals import OtherImportUnderWay, ReportingClosed
from services.scoring.organisation.reported import Side
from services.scoring.sheet.facts import Kind
from shared.kernel.events import Aggregate
from shared.procedure.basics import Names


class Stage(StrEnum):
    """What the evaluation has come to."""

    OPEN = "open"
    CLOSED = "closed"
    COMPUTED = "computed"
    SENT = "sent"
    APPROVED = "approved"


class FileTaken(BaseModel):
    """What a file brought."""

    model_config = ConfigDict(frozen=True)

    file: str = Field(description="SHA-256 of the file")
    rows: int
    organisations: int
    facts: int
    new: int = Field(description="Organisations of which it said something that wasn't reported before")


class Collecting(Aggregate):
    """One sheet to be: body, period, part."""

    stood_on = True

    class Opened(Aggregate.Created):
        evaluation: UUID
        body: UUID
        bin: str
        period: int
        part: str
        kind: Kind
        edition: str
        at: datetime

    class ImportBegun(Aggregate.Event):
        file: str
        rows: int
        at: datetime

    class ImportCompleted(Aggregate.Event):
        taken: FileTaken
        by: Side
        at: datetime

    class ImportAbandoned(Aggregate.Event):
        file: str
        reason: str
        at: datetime

    class Closed(Aggregate.Event):
        at: datetime

    @staticmethod
    def id_of(body: UUID, period: int, part: str) -> UUID:
        return uuid5(NAMESPACE, f"{body}:{period}:{part}")

    @staticmethod
    def create_id(evaluation: UUID) -> str:
        return f"evaluation:{evaluation}"

    @event(Opened)
    def __init__(
        self, evaluation: UUID, body: UUID, bin: str, period: int, part: str, kind: Kind, edition: str, at: datetime
    ) -> None:
        self.evaluation, self.body, self.bin = evaluation, body, bin
        self.period, self.part, self.kind, self.edition = period, part, kind, edition
        self.stage, self.since = Stage.OPEN, at
        self.importing: str | None = None
        self.files: dict[tuple[Side, str], FileTaken] = {}
        self.name: Names | None = None
        self.figures: Figures | None = None
        self.due: datetime | None = None
        self.agreed = False
        self.objections: list[Objection] = []
        self.objected_to: dict[int, Figures] = {}
        self.approvals: list[Approval] = []
        self.correction: str | None = None

    # -- rules

    def must_take_reports(self) -> None:
        if self.stage is not Stage.OPEN:
            raise ReportingClosed(stage=self.stage)

    def begin_import(self, file: str, rows: int, at: datetime) -> None:
        """The first part of a file is being taken. The same file goes on; another one waits."""
        self.must_take_reports()
        self.must_import_only(file)
        if self.importing is None:
            self._import_begun(file, rows, at)

    def must_import_only(self, file: str) -> None:
        if self.importing not in (None, file):
            raise OtherImportUnderWay(file=self.importing)

    def complete_import(self, taken: FileTaken, by: Side, at: datetime) -> FileTaken:
        """The file was taken whole: from this side it changes nothing any more, whatever is corrected later. Completed
        before: what it brought then."""
        if (by, taken.file) not in self.files:
            self._import_completed(taken, by, at)
        return self.files[by, taken.file]

    def abandon_import(self, reason: str, at: datetime) -> None:
        """A file that nobody can give again: what was taken of it stays reported."""
        if self.importing:
            self._import_abandoned(self.importing, reason, at)

    def close(self, at: datetime) -> None:
        """Nothing is reported from here on. Closed already: nothing changes."""
        if self.stage is Stage.OPEN:
            if self.importing:
                raise OtherImportUnderWay(file=self.importing)
            self._closed(at)

    # -- state

    @event(ImportBegun)
    def _import_begun(self, file: str, rows: int, at: datetime) -> None:
        self.importing = file

    @event(ImportCompleted)
    def _import_completed(self, taken: FileTaken, by: Side, at: datetime) -> None:
        self.files[by, taken.file] = taken
        if self.importing == taken.file:
            self.importing = None

    @event(ImportAbandoned)
    def _import_abandoned(self, file: str, reason: str, at: datetime) -> None:
        self.importing = None

    @event(Closed)
    def _closed(self, at: datetime) -> None:
        self.stage, self.since = Stage.CLOSED, at
