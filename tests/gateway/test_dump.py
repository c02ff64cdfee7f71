"""Dumps: all of one moment, in a file that appears once it is whole."""

import asyncio
import stat
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from beanie import PydanticObjectId
from bson import ObjectId

from auth.vault import Bound, Vault, new_vault_key
from gateway.database import Database
from gateway.dump import collections as parts_of
from gateway.dump import snapshot as snapshots
from gateway.dump.collections import DUMPED, LEFT_OUT
from gateway.dump.dump import dump
from gateway.dump.error import DumpError
from gateway.dump.snapshot import snapshot
from gateway.migrations import find_pending
from gateway.settings import Settings
from models import (
    DOCUMENTS,
    Attachment,
    CredentialVersion,
    FileChunk,
    Label,
    Lease,
    LoggedEvent,
    Probe,
    StreamHead,
    User,
)
from models.base import collection, to_record, utc_now
from models.ids import Kind, new_id
from models.records import CredentialVersionRecord
from realtime.lease import hold, is_held
from realtime.log import EventLog
from resolvers.credential.sealed import bound_to, sealed_in
from resolvers.files.store import FILES_STAY, remove_leftovers
from tests.gateway.dump_lab import KEY, Bar, another, as_stored, documents_of, dumped, everything, restored
from tests.gateway.lab import Board, Lab
from tests.patience import until
from tests.realtime.log_lab import appends
from tests.stubs import stubs

DELETE = "mutation ($id: ID!) { attachmentDelete(id: $id) { deletedId } }"
UPLOAD = b"%PDF-1.7 " + bytes(600_000)
LEFT = frozenset(model.Settings.name for model in LEFT_OUT)
ELSE = (*LEFT, "streams")
"""Beside what is left out: heads of streams have another epoch."""


async def fill(lab: Lab, board: Board) -> None:
    """A board with some of everything that is stored in portions: events, a file of several chunks, versions."""
    card = await board.card("Align")
    for title in ("Polar", "Level"):
        await board.card(title)
    token = {"authorization": f"Bearer {board.ann.token}"}
    files = {"file": ("plan.pdf", UPLOAD, "application/pdf")}
    path = f"/orgs/{board.org_slug}/workspaces/personal/projects/{board.project}/cards/{card}/attachments"
    answer = await lab.client().post(path, files=files, headers=token)
    assert answer.status_code == 201, answer.text
    made = await board.ann.ask(
        "mutation ($input: DocumentCreateInput!) { documentCreate(input: $input) { document { id } } }",
        input={"workspaceId": board.workspace, "title": "Guide", "content": "# Go"},
    )
    await board.ann.ask(
        "mutation ($id: ID!, $i: DocumentUpdateInput!) { documentUpdate(id: $id, input: $i) { document { id } } }",
        id=made["documentCreate"]["document"]["id"],
        i={"content": "# Gone"},
    )
    await board.ann.ask(
        "mutation ($i: WorkspaceFileWriteInput!) { workspaceFileWrite(input: $i) { cursor } }",
        i={"workspaceId": board.workspace, "path": "scout/SOUL.md", "content": "# Soul"},
    )


async def seal(vault: Vault, value: str) -> CredentialVersionRecord:
    """What a credential holds, as it is stored."""
    bound = Bound(new_id(Kind.ORGANIZATION), new_id(Kind.CREDENTIAL), 1)
    version = CredentialVersion(
        organization_id=PydanticObjectId(bound.organization_id),
        credential_id=PydanticObjectId(bound.credential_id),
        version=bound.version,
        **asdict(vault.seal(bound, value)),
    )
    record = to_record(version)
    await collection(CredentialVersion).insert_one(record)
    return record


async def test_what_is_restored_is_what_was_dumped_but_for_epochs_and_sessions(
    lab: Lab, board: Board, clean: Database, settings: Settings, tmp_path: Path
) -> None:
    await fill(lab, board)
    vault = Vault((new_vault_key(),))
    sealed = await seal(vault, "sk-sealed")
    await hold("some-work", "somebody", timedelta(minutes=1))
    made = await dumped(clean, tmp_path / "dump", secret_key=b"k" * 40)
    before, stored = await everything(clean), await as_stored(clean, *ELSE)
    kinds = {"sessions", "leases", "events", "attachments.chunks", "document_versions", "workspace_file_texts"}
    assert kinds <= before.keys()
    assert len(before["attachments.chunks"]) == 3

    async with another(clean, settings, tmp_path / "other") as other:
        files = await restored(other, tmp_path / "dump")
        after = await everything(other)
        assert await as_stored(other, *ELSE) == stored  # byte for byte
        kept = await collection(CredentialVersion).find_one({"_id": sealed["_id"]})
        assert kept is not None
        assert vault.open(bound_to(kept), sealed_in(kept)) == "sk-sealed"
        assert not await find_pending(other.db)

    assert files == {"secret_key": b"k" * 40}
    assert LEFT.isdisjoint(after)
    expected = {name: documents for name, documents in before.items() if name not in LEFT}
    epochs = [{head["_id"]: head.pop("epoch") for head in found["streams"]} for found in (expected, after)]
    assert after == expected
    assert epochs[0].keys() == epochs[1].keys()
    assert [one for one, epoch in epochs[0].items() if epochs[1][one] == epoch] == []
    assert made.documents == sum(len(documents) for documents in expected.values())


async def test_a_database_with_sessions_of_a_snapshot_is_read_through_one(
    lab: Lab, board: Board, clean: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def hidden(trial: snapshots._Trial) -> bool:
        assert trial._session.options.snapshot
        return True

    await fill(lab, board)
    portioned = await dumped(clean, tmp_path / "one")
    monkeypatch.setattr(snapshots._Trial, "_is_hidden", hidden)
    whole = await dumped(clean, tmp_path / "two")

    assert [part.documents for part in portioned.collections] == [part.documents for part in whole.collections]


def test_every_collection_is_dumped_or_left_out_for_a_reason() -> None:
    assert {model.__name__ for model in DOCUMENTS} - {model.__name__ for model in DUMPED} == {
        "Backup",
        "BusMessage",
        "Lease",
        "LogEntry",
        "OAuthCode",
        "OAuthGrant",
        "Probe",
        "Session",
    }
    for model in parts_of.PORTIONS:
        assert model in DUMPED


async def test_a_dump_while_others_write_is_of_one_moment(
    clean: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log, streams, stopping = EventLog(clean.client), [new_id(Kind.WORKSPACE) for _ in range(4)], False
    written = 0

    async def write(stream: ObjectId) -> None:
        nonlocal written
        while not stopping:
            await log.write(stream, None, appends(stream))
            written += 1

    writers = [asyncio.create_task(write(stream)) for stream in streams]
    read_all, during = parts_of.read_all, []

    async def more() -> None:
        enough = written + 8
        await until(lambda: written >= enough)

    async def slowly(model: Any, moment: Any) -> Any:
        if model in (LoggedEvent, StreamHead):
            await more()
            during.append(written)
        async for batch in read_all(model, moment):
            yield batch

    monkeypatch.setattr("gateway.dump.dump.read_all", slowly)
    await more()
    await dumped(clean, tmp_path / "dump")
    stopping = True
    await asyncio.gather(*writers)

    heads = {head["_id"]: head["seq"] for head in documents_of(tmp_path / "dump", "streams")}
    events = documents_of(tmp_path / "dump", "events")
    assert during[1] >= during[0] + 8
    assert heads.keys() == set(streams)
    for stream, seq in heads.items():
        assert sorted(event["seq"] for event in events if event["stream_id"] == stream) == list(range(1, seq + 1))


async def test_a_snapshot_shows_nothing_of_later_in_any_collection(clean: Database) -> None:
    async with snapshot(clean.db) as moment:
        await stubs(User).insert_one({"_id": ObjectId(), "email": "late@example.com"})
        await stubs(Label).insert_one({"_id": ObjectId()})
        seen = [await stubs(one).find_one({}, session=moment.session) for one in (User, Label)]

    assert seen == [None, None]
    assert not moment.streams  # the embedded database has no sessions of a snapshot, whatever it says
    assert await collection(Probe).find_one({}) is None


async def test_files_that_are_deleted_during_a_dump_are_in_it(
    lab: Lab, board: Board, clean: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await fill(lab, board)
    read_chunks = parts_of.read_chunks

    async def late(file: parts_of.File) -> Any:
        [attachment] = await collection(Attachment).find({}).to_list()
        assert file.id == attachment["_id"]
        await board.ann.ask(DELETE, id=str(file.id))
        assert await remove_leftovers() == 0
        async for batch in read_chunks(file):
            yield batch

    monkeypatch.setattr("gateway.dump.dump.read_chunks", late)
    await dumped(clean, tmp_path / "dump")

    assert len(documents_of(tmp_path / "dump", "attachments")) == 1
    assert len(documents_of(tmp_path / "dump", "attachments.chunks")) == 3
    assert await remove_leftovers() == 1
    assert await collection(FileChunk).find_one({}) is None


async def test_a_file_whose_bytes_have_gone_is_no_dump(lab: Lab, board: Board, clean: Database, tmp_path: Path) -> None:
    await fill(lab, board)
    await collection(FileChunk).delete_one({})

    with pytest.raises(DumpError, match=r"^Files were removed while they were read"):
        await dumped(clean, tmp_path / "dump")

    assert names(tmp_path) == []
    assert not await is_held(FILES_STAY)


async def test_one_dump_of_a_database_is_made_at_a_time(clean: Database, tmp_path: Path) -> None:
    await hold(FILES_STAY, "another", timedelta(minutes=1))

    with pytest.raises(DumpError, match=r"^Another dump of this database goes on"):
        await dumped(clean, tmp_path / "dump")

    assert names(tmp_path) == []

    # What was killed holds it until its lease is over, for which whoever has the patience waits
    await collection(Lease).update_one({"_id": FILES_STAY}, {"$set": {"until": utc_now() + timedelta(seconds=0.1)}})
    await dump(clean.db, tmp_path / "dump", secret_key=KEY, files={}, progress=Bar(), patience=timedelta(seconds=20))
    assert names(tmp_path) == ["dump"]


async def test_a_database_without_snapshots_is_refused(
    clean: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(snapshots, "_transaction", snapshots._session)

    with pytest.raises(DumpError, match=r"^The database cannot show one moment of all its data while others write\.$"):
        await dumped(clean, tmp_path / "dump")

    assert names(tmp_path) == []
    assert await collection(Probe).find_one({}) is None


async def test_a_snapshot_that_did_not_last_is_no_dump(
    clean: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = iter([True, True, False])

    async def hidden(trial: object) -> bool:
        return next(answers)

    monkeypatch.setattr(snapshots._Trial, "_is_hidden", hidden)

    with pytest.raises(DumpError, match="did not keep to one moment"):
        await dumped(clean, tmp_path / "dump")

    assert names(tmp_path) == []


def names(folder: Path) -> list[str]:
    return [file.name for file in folder.iterdir()]


async def test_an_archive_is_for_its_owner_alone_and_overwrites_nothing(clean: Database, tmp_path: Path) -> None:
    file = tmp_path / "dump"
    await dumped(clean, file)
    content = file.read_bytes()

    with pytest.raises(DumpError, match="is there already"):
        await dumped(clean, file)

    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert file.read_bytes() == content
    assert names(tmp_path) == ["dump"]
