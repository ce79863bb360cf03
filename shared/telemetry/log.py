"""Logging as facts: one JSON object a line, an action name and ids as fields, no prose and no personal data."""

import json
import logging
import sys
import traceback
from datetime import UTC, datetime
from typing import TextIO

from shared.telemetry.correlation import current_correlation
from shared.telemetry.service import current_service
from shared.telemetry.tracing import current_traceparent

_LOGGER = logging.getLogger("reglament")


class JsonLines(logging.Formatter):
    """A record as one line of JSON, with service, correlation id and trace where there are any."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "action": record.getMessage().partition("\n")[0],  # asyncio's next lines quote the error
            "service": current_service(),
            "correlation": current_correlation(),
            "traceparent": current_traceparent(),
            **getattr(record, "fields", {}),
            **(failure(record.exc_info[1]) if record.exc_info and record.exc_info[1] else {}),
        }
        return json.dumps({name: value for name, value in line.items() if value is not None}, default=str)


def configure_logging(stream: TextIO = sys.stderr, level: int = logging.INFO) -> None:
    """From now on the process writes JSON lines to `stream`; of libraries only warnings: their news quote addresses."""
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonLines())
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)
    _LOGGER.setLevel(level)


def log(action: str, *, level: int = logging.INFO, **fields: object) -> None:
    """One line: what was done (`case-registered`) and the ids, counts and durations that go with it."""
    _LOGGER.log(level, action, extra={"fields": fields})


def log_failure(action: str, error: BaseException, **fields: object) -> None:
    """One line about an unforeseen error: its type and where it arose."""
    _LOGGER.error(action, extra={"fields": {**fields, **failure(error)}})


def failure(error: BaseException) -> dict[str, object]:
    """Type and places of an error. Its message is left out: messages of databases and parsers quote people's data."""
    frames = traceback.extract_tb(error.__traceback__)
    return {
        "error": f"{type(error).__module__}.{type(error).__qualname__}",
        "at": [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames],
    }
