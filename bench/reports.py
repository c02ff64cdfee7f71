"""The event of the live benchmarks: an agent reports how far a mission has come."""

import orjson

from bench.crowd import Loop, Poster
from bench.tenants import Place

MISSION_EVENTS = """subscription ($id: ID!) { missionEvents(missionId: $id) {
  __typename ... on MissionProgressed { cursor at mission { id progress status } } } }"""
REPORT = """mutation ($id: ID!, $input: MissionReportInput!) { missionReport(id: $id, input: $input) { cursor } }"""
POSTERS = 10


class Reports:
    """Lets so many things happen, each a request of its own over one of a few connections."""

    def __init__(self, loop: Loop, url: str, place: Place) -> None:
        self._posters = [Poster(loop, url, "/graphql", place.agent) for _ in range(POSTERS)]
        self._mission = place.mission
        self._count = 0

    def __call__(self, count: int) -> None:
        for _ in range(count):
            self._count += 1
            values = {"progress": self._count % 1000 / 1000 + 0.0001}
            body = orjson.dumps({"query": REPORT, "variables": {"id": self._mission, "input": values}})
            self._posters[self._count % POSTERS].post(body)
