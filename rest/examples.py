"""Examples of requests and of their answers, recorded from real ones: see `tests/rest/recorded.py`."""

import json
from functools import cache
from pathlib import Path
from typing import Any, NotRequired

from typing_extensions import TypedDict

RECORDED = Path(__file__).with_name("examples.json")


class Example(TypedDict):
    """What one route was asked, and what it answered. Bodies that are no JSON are left out."""

    path: NotRequired[dict[str, str]]
    query: NotRequired[dict[str, str]]
    request: NotRequired[dict[str, Any]]
    response: NotRequired[Any]


@cache
def examples() -> dict[str, Example]:
    """By method and path, as in `GET /auth/me`."""
    found: dict[str, Example] = json.loads(RECORDED.read_text(encoding="utf-8"))
    return found
