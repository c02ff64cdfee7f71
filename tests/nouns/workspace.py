"""Workspaces."""

from resolvers.inputs.workspace import WorkspaceCreate, WorkspaceUpdate
from tests.rest.conftest import made
from tests.rest.story import Cast, changed, deleted, read
from tests.world.paths import WORKSPACE, WORKSPACES
from tests.world.sample import Kept, Sample, sent


async def story(cast: Cast) -> None:
    ann = cast.ann
    await made(ann, "/organizations", name="Other", slug="other")
    await made(ann, "/orgs/other/workspaces", name="One", slug="one")
    await changed(ann, "/orgs/other/workspaces/one", name="First")
    assert [one["name"] for one in await read(ann, "/orgs/other/workspaces")] == ["First"]
    assert (await read(ann, "/orgs/other/workspaces/one"))["myPilotageRole"] == "owner"
    await deleted(ann, "/orgs/other/workspaces/one")
    await deleted(ann, "/organizations/other")


SAMPLE = Sample(
    after=("organization",),
    calls={
        "workspaces": lambda ids: (ids["organization"],),
        "workspace": lambda ids: (ids["org_slug"], ids["workspace_slug"]),
        "workspaceById": lambda ids: (ids["workspace"],),
        "workspaceCreate": lambda ids: (
            WorkspaceCreate(organization_id=ids["organization"], name="More", slug="more"),
        ),
        "workspaceUpdate": lambda ids: (ids["workspace"], WorkspaceUpdate(name="Other")),
        "workspaceDelete": lambda ids: (ids["workspace"],),
        "workspaceEvents": lambda ids: (ids["workspace"],),
    },
    routes={
        ("GET", WORKSPACES): None,
        ("POST", WORKSPACES): sent(name="More", slug="more"),
        ("GET", WORKSPACE): None,
        ("PATCH", WORKSPACE): sent(name="Other"),
        ("DELETE", WORKSPACE): None,
    },
    unseen={
        "workspaceCreate": "another workspace",
    },
    kept={"Workspace": Kept("pilotage { cycle } defaultAgent { id } boardAgent { id }")},
    story=story,
)
