"""What is published about the facts and the format of regulations, written from the code: `python -m
reglament.published`, then read the difference.

A change that breaks readers is no new text of an old file but a new version of the event (tests/contracts say so).
"""

import json
from pathlib import Path

import yaml

from services.scoring.sheet import schema as scoring
from shared.contracts.asyncapi import asyncapi
from shared.contracts.schema import FACTS, HERE, SCHEMAS, file_name, schema
from shared.procedure import schema as regulations

ASYNCAPI = HERE / "asyncapi.yaml"


def texts() -> dict[Path, str]:
    """Every generated file with the text that it has to have."""
    schemas = {SCHEMAS / file_name(f): json.dumps(schema(f), ensure_ascii=False, indent=2) + "\n" for f in FACTS}
    return {
        **schemas,
        **regulations.schemas(),
        **scoring.schemas(),
        ASYNCAPI: yaml.safe_dump(asyncapi(), sort_keys=False, allow_unicode=True, width=120),
    }


def main() -> None:
    SCHEMAS.mkdir(exist_ok=True)
    for path, text in texts().items():
        path.write_text(text)


if __name__ == "__main__":
    main()
