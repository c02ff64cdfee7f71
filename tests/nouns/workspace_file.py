"""Files that agents keep in a workspace."""

from resolvers.inputs.workspace_file import WorkspaceFileSearch, WorkspaceFileWrite
from resolvers.kit.page import Window
from resolvers.workspace_file.workspace_file import write_workspace_file
from tests.rest.story import Cast, ask_orkosi
from tests.world.paths import ORKOSI
from tests.world.sample import Kept, Sample, sent
from tests.world.world import World

FILES = ORKOSI + "/files"


async def make(world: World) -> None:
    soul = WorkspaceFileWrite.of(workspace_id=world.ids["workspace"], path="planner/SOUL.md", content="Be kind")
    world.ids["workspace_file"] = (await world.made(write_workspace_file, soul))["_id"]


async def orkosi_story(cast: Cast) -> None:
    ann, base = cast.ann, cast.orkosi
    files = f"{base}/files"
    file = await ask_orkosi(ann, "POST", files, 201, name="Soul", path="scout//SOUL.md", content="Light the beacon")
    again = await ask_orkosi(ann, "POST", files, 201, name="Soul", path="/scout/SOUL.md", content="Douse the beacon")
    assert (again["id"], again["workspace"], again["content"]) == (file["id"], "scout", "Douse the beacon")
    assert await ask_orkosi(ann, "GET", f"{files}/{file['id']}") == again
    without = {name: value for name, value in again.items() if name != "content"}
    assert await ask_orkosi(ann, "GET", f"{files}?page=1&limit=1") == [without]
    assert await ask_orkosi(ann, "GET", f"{files}?page=2&limit=1") == []
    assert await ask_orkosi(ann, "GET", f"{files}/search?q=beacon&workspace=scout&ext=md") == [without]


SAMPLE = Sample(
    make=make,
    places={"fileNumber": "workspace_file"},
    calls={
        "workspaceFile": lambda ids: (ids["workspace_file"],),
        "workspaceFileText": lambda ids: (ids["workspace_file"],),
        "workspaceFiles": lambda ids: (ids["workspace"], Window.read()),
        "workspaceFileSearch": lambda ids: (ids["workspace"], WorkspaceFileSearch.of(query="kind")),
        "workspaceFileWrite": lambda ids: (WorkspaceFileWrite.of(workspace_id=ids["workspace"], path="more/run.sh"),),
        "workspaceFileDelete": lambda ids: (ids["workspace_file"],),
    },
    routes={
        ("GET", FILES): None,
        ("POST", FILES): sent(name="run", path="more/run.sh"),
        ("GET", FILES + "/search"): sent(q="kind"),
        ("GET", FILES + "/{fileNumber}"): None,
    },
    kept={
        "WorkspaceFile": Kept(
            "content createdBy { id } updatedBy { id }",
            {"Workspace": "files(first: 50) { nodes { ...WorkspaceFileFields } }"},
        )
    },
    orkosi_story=orkosi_story,
)
