"""What libraries say of errors: that there was one, and never in which words."""

import json
import logging
import sys

from shared.telemetry.log import JsonLines


class TestAnErrorThatNobodyWaitedFor:
    def test_is_told_by_its_type_and_place_alone(self) -> None:
        try:
            raise ValueError("Aigerim")
        except ValueError as error:
            said = f"Task exception was never retrieved\nfuture: <Task exception={error!r}>"
            record = logging.LogRecord("asyncio", logging.ERROR, "", 0, said, (), sys.exc_info())
        line = JsonLines().format(record)
        assert "Aigerim" not in line
        assert json.loads(line)["action"] == "Task exception was never retrieved"
        assert json.loads(line)["error"] == "builtins.ValueError"
