"""The examples of the OpenAPI document, out of what a story of real calls asked and was answered.

`ORRERY_RECORD_EXAMPLES=1 pytest tests/rest/test_every_route.py` writes what is missing or looks otherwise by now.
"""

import json
import os
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from models.base import timestamp
from models.ids import Kind
from rest.app import TABLE
from rest.examples import RECORDED, Example, examples
from tests.rest.document import in_document, template_of

RECORD = "ORRERY_RECORD_EXAMPLES"
MAX_ENTRIES = 2
"""So many of a list are shown."""
SHOWN_AT = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
_ID = re.compile(r"\b[0-9a-f]{24}\b")
_MOMENT = re.compile(r"\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")
_CREDENTIALS = (
    (re.compile(r"\beyJ[\w-]+\.[\w-]+\.[\w-]+"), "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiI2OWE1NWM4OCJ9.c2lnbmF0dXJl"),
    (re.compile(r"\bsl_[\w-]{30,}"), "sl_an-example-of-a-personal-access-token"),
)


@dataclass
class Recorder:
    """What was asked and answered with success, by route; of several the one that shows most."""

    started: datetime = field(default_factory=lambda: datetime.now(UTC))
    found: dict[str, Example] = field(default_factory=dict)

    def note(self, answer: httpx.Response) -> None:
        """Keep an answer as the example of its route, if it shows more than the one before."""
        method, path = answer.request.method, answer.request.url.path
        template = template_of(path)
        if template is None or answer.status_code >= 300:
            return
        shown: Example = {}
        if names := re.findall(r"\{(\w+)\}", template):
            values = re.fullmatch(re.sub(r"\{\w+\}", "([^/]+)", template), in_document(path))
            assert values is not None
            shown["path"] = dict(zip(names, values.groups(), strict=True))
        if answer.request.url.params:
            shown["query"] = dict(answer.request.url.params)
        if _is_json(answer.request.headers) and method != "GET" and answer.request.content:
            shown["request"] = json.loads(answer.request.content)
        if _is_json(answer.headers):
            shown["response"] = _shortened(answer.json())
            if _ignores(shown["response"]):
                return
        before = self.found.get(f"{method} {template}")
        if before is None or _weight(shown) > _weight(before):
            self.found[f"{method} {template}"] = shown

    def differences(self) -> list[str]:
        """Routes of which no example is kept, or one of another shape; where asked for, they are written instead."""
        kept = examples()
        routes = {f"{route.method} {route.path}" for route in TABLE}
        changed = {
            name for name in routes & self.found.keys() if _shape(kept.get(name)) != _shape(self.found[name])
        } | (routes ^ kept.keys())
        if not os.environ.get(RECORD):
            return sorted(changed)
        written = {name: kept[name] for name in kept.keys() - changed}
        written |= {name: self._settled(self.found[name]) for name in changed & self.found.keys()}
        text = json.dumps(dict(sorted(written.items(), key=_by_path)), indent=1, ensure_ascii=False)
        RECORDED.write_text(text + "\n", encoding="utf-8")
        examples.cache_clear()
        return []

    def _settled(self, example: Example) -> Any:
        """The example with ids, moments and credentials that do not change from one recording to the next."""
        text = json.dumps(example, ensure_ascii=False)
        places: dict[str, int] = {}
        text = _ID.sub(lambda one: _settled_id(one[0], places), text)
        text = _MOMENT.sub(lambda one: self._settled_moment(one[0]), text)
        for pattern, shown in _CREDENTIALS:
            text = pattern.sub(shown, text)
        return json.loads(text)

    def _settled_moment(self, text: str) -> str:
        moment = datetime.fromisoformat(text)
        after = moment - self.started
        if abs(after) > timedelta(days=40):
            return text
        return timestamp(SHOWN_AT + timedelta(seconds=round(after.total_seconds() / 60) * 60))


def _settled_id(text: str, places: dict[str, int]) -> str:
    """An id of the same kind; which one depends on the order in which an example names them."""
    kind = text[8:10]
    if int(kind, 16) not in set(Kind):
        return text
    place = places.setdefault(text, sum(one[8:10] == kind for one in places) + 1)
    return f"69a55c88{kind}0f1e2d3c{place:06x}"


def _is_json(headers: httpx.Headers) -> bool:
    return str(headers.get("content-type", "")).startswith("application/json")


def _ignores(answered: Any) -> bool:
    """Whether something was sent that is no field: no example of how to ask."""
    return isinstance(answered, dict) and "ignored_fields" in (answered.get("meta") or {})


def _shortened(value: Any) -> Any:
    if isinstance(value, list):
        return [_shortened(one) for one in value[:MAX_ENTRIES]]
    if isinstance(value, dict):
        return {name: _shortened(one) for name, one in value.items()}
    return value


def _weight(example: Example) -> int:
    """How much an example shows: what it asked first, then what it was answered."""
    request = len(example.get("request", {})) + len(example.get("query", {}))
    return request * 100_000 + len(json.dumps(example.get("response")))


def _shape(value: Any) -> Any:
    """What two examples of one route have in common: the names in them, down to the first of each list."""
    if isinstance(value, dict):
        return {name: _shape(one) for name, one in value.items() if not _ID.fullmatch(name)}
    if isinstance(value, list):
        return [_shape(value[0])] if value else []
    return None


def _by_path(entry: tuple[str, Any]) -> tuple[str, str]:
    method, _, path = entry[0].partition(" ")
    return path, method
