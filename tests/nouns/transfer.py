"""Projects that come and go as files."""

import io
import zipfile

import orjson

from resolvers.inputs.transfer import ImportedProject, ProjectImport, ProjectImportStart
from resolvers.kit.page import Window
from resolvers.transfer import job as transfer_job
from tests.gateway.replay.state import put_under
from tests.resolvers.attaching import upload
from tests.rest.conftest import made
from tests.rest.story import Cast, deleted, read
from tests.world.paths import B_PROJECT, PROJECT, WORKSPACE
from tests.world.sample import Kept, Sample, sent
from tests.world.world import World


async def make(world: World) -> None:
    large = ProjectImportStart(workspace_id=world.ids["workspace"], file=upload(b'{"project": {"name": "Large"}}'))
    world.ids["transfer_job"] = (await world.made(transfer_job.start_import, large))["_id"]


async def story(cast: Cast) -> None:
    exported = await read(cast.ann, f"{cast.path}/export")
    copy = await made(cast.ann, f"{cast.workspace}/projects/import", **exported)
    path = f"{cast.workspace}/projects/{copy['id']}"
    assert await read(cast.ann, f"{path}/export") == exported
    await deleted(cast.ann, path)
    archive = await cast.ann.get(f"{cast.path}/export/archive")
    assert zipfile.ZipFile(io.BytesIO(archive.content)).namelist() == ["project.json"]
    jobs = f"{cast.workspace}/projects/import/jobs"
    taken = await cast.ann.post(jobs, files={"file": ("large.json", orjson.dumps(exported))})
    assert taken.status_code == 202, taken.text
    assert await read(cast.ann, jobs) == [taken.json()]
    assert await read(cast.ann, f"{jobs}/{taken.json()['id']}") == taken.json()


SAMPLE = Sample(
    after=("checklist",),
    make=make,
    places={"jobId": "transfer_job"},
    calls={
        "projectImport": lambda ids: (ids["workspace"], ProjectImport(project=ImportedProject.of(name="Imported"))),
        "projectImportStart": lambda ids: (
            ProjectImportStart(workspace_id=ids["workspace"], file=upload(b'{"project": {"name": "Large"}}')),
        ),
        "transferJob": lambda ids: (ids["transfer_job"],),
        "transferJobs": lambda ids: (ids["workspace"], Window.read()),
        "projectExport": lambda ids: (ids["project"],),
    },
    makes_another={"projectImport", "projectImportStart"},
    routes={
        ("POST", WORKSPACE + "/projects/import"): sent(project={"name": "Imported"}),
        ("POST", WORKSPACE + "/projects/import/jobs"): None,
        ("GET", WORKSPACE + "/projects/import/jobs"): None,
        ("GET", WORKSPACE + "/projects/import/jobs/{jobId}"): None,
        ("GET", PROJECT + "/export"): None,
        ("GET", PROJECT + "/export/archive"): None,
        ("GET", B_PROJECT + "/export"): None,
    },
    kept={
        "TransferJob": Kept(
            """
                progress error { code message field } notes { place code message } notesOmitted
                project { id } workspace { id } createdBy { id }
            """,
            {"Workspace": "transferJobs(first: 20) { nodes { ...TransferJobFields } }"},
            outlives=True,
        )
    },
    rules={"TransferJobChanged": put_under("job", "TransferJob")},
    story=story,
)
