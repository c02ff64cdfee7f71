"""Discovery engines over the graph."""

from tests.gateway.lab import Board

CREATE = """
mutation ($i: DiscoveryEngineCreateInput!) {
  discoveryEngineCreate(input: $i) {
    discoveryEngine { id slug everySeconds isEnabled agent { slug autonomyMode model } createdBy { id } } cursor
  }
}
"""
UPDATE = """
mutation ($id: ID!) {
  discoveryEngineUpdate(id: $id, input: {isEnabled: false, model: null}) {
    discoveryEngine { isEnabled nextAt agent { model } }
  }
}
"""
RUN = "mutation ($id: ID!) { discoveryEngineRun(id: $id) { mission { id status engine { slug } waitingFor } } }"
DELETE = "mutation ($id: ID!) { discoveryEngineDelete(id: $id) { deletedId } }"
READ = """
query ($o: String!, $id: ID!) {
  workspace(orgSlug: $o, slug: "personal") {
    discoveryEngines { slug runCount costUsd lastRun { id } runs(first: 5) { nodes { id } } }
  }
  node(id: $id) { ... on DiscoveryEngine { layer failedCount wastedCount cardCount runSeconds } }
}
"""


async def test_a_discovery_engine_runs_and_shows_its_runs(board: Board) -> None:
    ann = board.ann
    values = {"workspaceId": board.workspace, "name": "Slow pages", "layer": "frontend", "model": "haiku"}

    engine = (await ann.ask(CREATE, i={**values, "everySeconds": 3600}))["discoveryEngineCreate"]["discoveryEngine"]
    changed = (await ann.ask(UPDATE, id=engine["id"]))["discoveryEngineUpdate"]["discoveryEngine"]
    run = (await ann.ask(RUN, id=engine["id"]))["discoveryEngineRun"]["mission"]
    read = await ann.ask(READ, o=board.org_slug, id=engine["id"])
    deleted = (await ann.ask(DELETE, id=engine["id"]))["discoveryEngineDelete"]

    assert engine == {
        "id": engine["id"],
        "slug": "slow-pages",
        "everySeconds": 3600,
        "isEnabled": True,
        "agent": {"slug": "discovery-slow-pages", "autonomyMode": "SUPERVISED", "model": "haiku"},
        "createdBy": {"id": ann.id},
    }
    assert changed == {"isEnabled": False, "nextAt": None, "agent": {"model": None}}
    assert (run["status"], run["engine"], run["waitingFor"]) == ("QUEUED", {"slug": "slow-pages"}, "CREDENTIAL")
    this = {"id": run["id"]}
    [shown] = read["workspace"]["discoveryEngines"]
    assert shown == {"slug": "slow-pages", "runCount": 0, "costUsd": 0, "lastRun": this, "runs": {"nodes": [this]}}
    assert read["node"] == {"layer": "frontend", "failedCount": 0, "wastedCount": 0, "cardCount": 0, "runSeconds": 0}
    assert deleted == {"deletedId": engine["id"]}
