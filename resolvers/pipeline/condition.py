"""What a condition of a pipeline asks, held against what steps came to."""

from collections.abc import Mapping
from typing import Any

from models.records import PipelineConditionRecord


def holds(condition: PipelineConditionRecord | None, results: Mapping[str, Any]) -> bool:
    """Whether a condition holds for the results of steps; a path that leads nowhere leads to null."""
    if condition is None:
        return False
    found = results.get(condition["step"])
    for key in filter(None, condition["path"].split(".")):
        found = found.get(key) if isinstance(found, Mapping) else None
    return bool(found == condition["equals"]) is not condition["negated"]
