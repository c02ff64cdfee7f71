"""Projects."""

from models.enums import StatsInterval
from resolvers.inputs.project import ProjectCreate, ProjectUpdate
from resolvers.kit.periods import Periods
from resolvers.project import project
from tests.machine import folder_of, repository
from tests.nouns.mission import end_mission
from tests.rest.conftest import made
from tests.rest.story import Cast, ask_board, ask_orkosi, changed, deleted, read
from tests.world.paths import B_PROJECT, BOARD, ORKOSI, PROJECT, WORKSPACE
from tests.world.sample import Case, Kept, Sample, sent, sent_in_organization
from tests.world.world import World


async def make(world: World) -> None:
    ids = world.ids
    ids["folder"] = str(folder_of(ids["org_slug"]))
    repository(folder_of(ids["org_slug"]))
    launch = ProjectCreate.of(workspace_id=ids["workspace"], name="Launch", path=ids["folder"])
    ids["project"] = (await world.made(project.create_project, launch))["_id"]


async def story(cast: Cast) -> None:
    ann, projects = cast.ann, f"{cast.workspace}/projects"
    await changed(ann, cast.path, description="To the moon", deadline="2030-06-01T00:00:00.000Z")
    assert (await read(ann, cast.path))["description"] == "To the moon"
    assert len(await read(ann, projects)) == 1
    assert (await read(ann, f"{cast.path}/roadmap"))["milestones"][0]["title"] == "Launch"
    assert (await read(ann, f"{projects}/portfolio"))["totals"]["projects"] == 1
    empty = f"{projects}/{(await made(ann, projects, name='Empty'))['id']}"
    assert (await read(ann, f"{empty}/stats"))["interval"] == "day"
    await deleted(ann, empty)


async def board_story(cast: Cast) -> None:
    ann = cast.ann
    created = await ask_board(ann, "POST", "/projects", 201, name="My App", path="/home/user/my-app")
    path = f"/projects/{created['id']}"
    assert await ask_board(ann, "GET", path) == created
    assert created in await ask_board(ann, "GET", "/projects")
    exported = await ann.get(f"{BOARD}{path}/export")
    assert [column["name"] for column in exported.json()["columns"]] == ["Backlog", "In Progress", "Done"]
    await ask_board(ann, "DELETE", path, 204)


async def orkosi_story(cast: Cast) -> None:
    ann, products = cast.ann, cast.orkosi + "/products"
    product = await ask_orkosi(ann, "POST", products, 201, name="Telescope", tagline="Look up")
    here = f"{products}/{product['slug']}"
    assert await ask_orkosi(ann, "GET", here) == product
    assert (await ask_orkosi(ann, "PATCH", here, status="live", brand_color="#0a0b0c"))["status"] == "live"
    assert product["id"] in [found["id"] for found in await ask_orkosi(ann, "GET", products)]


SAMPLE = Sample(
    after=("workspace_member",),
    make=make,
    places={"productSlug": "project"},
    calls={
        "project": lambda ids: (ids["project"],),
        "projects": lambda ids: (ids["workspace"],),
        "portfolio": lambda ids: (ids["workspace"],),
        "projectCreate": lambda ids: (ProjectCreate.of(workspace_id=ids["workspace"], name="More"),),
        "projectRoadmap": lambda ids: (ids["project"],),
        "projectStats": lambda ids: (ids["project"], Periods.between(None, None, StatsInterval.DAY)),
        "projectUpdate": lambda ids: (ids["project"], ProjectUpdate.of(name="Other")),
        "projectDelete": lambda ids: (ids["project"],),
        "projectEvents": lambda ids: (ids["project"],),
    },
    makes_another={"projectCreate"},
    refused_there={"projectDelete"},
    routes={
        ("GET", WORKSPACE + "/projects/portfolio"): None,
        ("GET", WORKSPACE + "/projects"): None,
        ("POST", WORKSPACE + "/projects"): sent(name="More"),
        ("GET", PROJECT): None,
        ("PATCH", PROJECT): sent(name="Other"),
        ("DELETE", PROJECT): None,
        ("GET", PROJECT + "/roadmap"): None,
        ("GET", PROJECT + "/stats"): None,
        ("POST", BOARD + "/projects"): sent_in_organization(name="More", path="/srv/more"),
        ("GET", BOARD + "/projects"): None,
        ("GET", B_PROJECT): None,
        ("DELETE", B_PROJECT): None,
        ("GET", ORKOSI + "/products"): sent(status="active"),
        ("POST", ORKOSI + "/products"): sent(name="More"),
        ("GET", ORKOSI + "/products/{productSlug}"): None,
        ("PATCH", ORKOSI + "/products/{productSlug}"): sent(tagline="Other"),
    },
    cases={"projectDelete": Case(prepare=end_mission)},
    kept={
        "Project": Kept(
            "workspace { id } credential { id }", {"Workspace": "projects(first: 20) { nodes { ...ProjectFields } }"}
        )
    },
    story=story,
    board_story=board_story,
    orkosi_story=orkosi_story,
)
