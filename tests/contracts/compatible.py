"""Whether two forms of one event understand each other, judged by JSON Schema alone."""

import json
from typing import Any, cast

from jsoncompat import check_compat

Schema = dict[str, Any]


def written(schema: Schema) -> Schema:
    """What a writer of this form writes: every field, and no others. Readers ignore what they don't know."""

    def strict(node: Any) -> Any:
        if isinstance(node, list):
            return [strict(item) for item in node]
        if not isinstance(node, dict):
            return node
        inner = {name: strict(value) for name, value in node.items()}
        if "properties" in node:
            inner |= {"additionalProperties": False, "required": list(node["properties"])}
        return inner

    return cast("Schema", strict(schema))


def new_reads_old(old: Schema, new: Schema) -> bool:
    return check_compat(json.dumps(written(old)), json.dumps(new), "deserializer")


def old_reads_new(old: Schema, new: Schema) -> bool:
    return check_compat(json.dumps(old), json.dumps(written(new)), "serializer")
