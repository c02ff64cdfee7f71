"""What a workspace comes to, and the logs of its agents, over the graph."""

from tests.gateway.lab import Board

WRITE = """
mutation ($line: LogLineCreateInput!) {
  logLineCreate(input: $line) { logLine { id agentName agent { id } level message meta recordedBy { name } } cursor }
}
"""
READ = """
query ($slug: String!) {
  workspace(orgSlug: $slug, slug: "personal") {
    logLines(level: WARN, search: "open", limit: 5) { id message }
    counts { agents cards projects pending cardsByStage { stage count } agentsByStatus { status count } }
    health { at score sections { area score checks { rule checked passed score failingIds } } }
    agentEfficiency { agent { id } done calls tokens costUsd cardsPerThousandTokens }
    agentQueues { agent { id } cards missions longestWaitSeconds averageWaitSeconds }
  }
}
"""


async def test_a_line_is_written_and_a_workspace_is_told_at_a_glance(board: Board) -> None:
    line = {"workspaceId": board.workspace, "agentName": "atlas", "message": "The dome opens", "level": "WARN"}

    written = (await board.ann.ask(WRITE, line=line))["logLineCreate"]["logLine"]
    told = (await board.ann.ask(READ, slug=board.org_slug))["workspace"]

    assert {**written, "id": None, "recordedBy": None} == {
        "id": None,
        "agentName": "atlas",
        "agent": None,
        "level": "WARN",
        "message": "The dome opens",
        "meta": None,
        "recordedBy": None,
    }
    assert told["logLines"] == [{"id": written["id"], "message": "The dome opens"}]
    assert told["counts"]["projects"] == 1
    assert {section["area"] for section in told["health"]["sections"]} == {"AGENTS", "CARDS", "PROJECTS", "FILES"}
    assert (told["agentEfficiency"], told["agentQueues"]) == ([], [])
