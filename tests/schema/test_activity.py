"""Notices and the log of a workspace over the graph."""

from tests.gateway.lab import Board

TELL = """
mutation ($notice: NoticeCreateInput!, $record: ActivityCreateInput!) {
  noticeCreate(input: $notice) { activity { id type meta } cursor }
  activityCreate(input: $record) { activity { type action actor { name } recordedBy { name } meta } }
}
"""
LOG = """
query ($slug: String!) {
  workspace(orgSlug: $slug, slug: "personal") {
    activities(actorType: USER, action: "deploy.finished") { totalCount nodes { action } }
    activityStats { total byUser byAgent bySystem actions { action count } }
  }
  viewer { notifications(level: WARNING) { nodes { level activity { id } } } }
}
"""


async def test_a_notice_is_written_and_something_is_recorded(board: Board) -> None:
    notice = {"workspaceId": board.workspace, "title": "Soon", "message": "The dome opens", "level": "WARNING"}
    record = {"workspaceId": board.workspace, "actorType": "USER", "action": "deploy.finished", "metadata": {"n": 1}}

    told = await board.ann.ask(TELL, notice=notice, record=record)
    log = await board.ann.ask(LOG, slug=board.org_slug)

    assert told["noticeCreate"]["activity"]["type"] == "NOTICE"
    assert told["activityCreate"]["activity"] == {
        "type": "RECORDED",
        "action": "deploy.finished",
        "actor": {"name": "Ann"},
        "recordedBy": {"name": "Ann"},
        "meta": {"entityType": None, "entityId": None, "metadata": {"n": 1}},
    }
    assert log["workspace"]["activities"] == {"totalCount": 1, "nodes": [{"action": "deploy.finished"}]}
    counted = {one["action"]: one["count"] for one in log["workspace"]["activityStats"]["actions"]}
    assert (counted["deploy.finished"], counted["notice"]) == (1, 1)
