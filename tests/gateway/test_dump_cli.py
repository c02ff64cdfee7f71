"""`orrery dump` and `orrery restore` as processes: out of a gateway that serves, into a folder of another one."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from gateway.client import Client, ClientError
from tests.gateway.process import Serving, orrery, serving
from tests.gateway.test_cli import EMAIL, PLAN, WORKSPACE, assert_one_sentence, register

PASSWORD = "correct horse battery"


@pytest.fixture(scope="module")
def gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    """A gateway that runs while the tests of this module do, with PLAN in it."""
    folder = tmp_path_factory.mktemp("served")
    with serving(folder) as running:
        register(running)
        running.end()
    plan = folder / "plan.json"
    plan.write_text(json.dumps(PLAN))
    imported = orrery("import", str(plan), "--workspace", WORKSPACE, data_dir=folder)
    assert imported.status == 0, imported.errors
    with serving(folder) as running:
        yield running


@pytest.fixture(scope="module")
def archive(gateway: Serving, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A dump of the gateway, which goes on."""
    file = tmp_path_factory.mktemp("dumped") / "orrery.dump"
    ended = orrery("dump", str(file), data_dir=gateway.data_dir)
    assert ended.status == 0, ended.errors
    assert ended.errors.startswith("Dumped ")
    assert "password hashes included" in ended.errors
    assert gateway.client.request("GET", "/ready") == {"status": "ready"}
    return file


def sign_in(client: Client) -> str:
    token: str = client.request("POST", "/auth/login", {"email": EMAIL, "password": PASSWORD})["access_token"]
    return token


def test_what_is_restored_is_exported_alike_and_everybody_signs_in_again(
    gateway: Serving, archive: Path, tmp_path: Path
) -> None:
    other = tmp_path / "other"
    old = sign_in(gateway.client)

    restored = orrery("restore", str(archive), data_dir=other)

    assert restored.status == 0, restored.errors
    assert restored.errors.startswith("Restored ")
    assert "ORRERY_SECRET_KEY" not in restored.errors
    assert (other / "secret_key").read_text() == (gateway.data_dir / "secret_key").read_text()
    with serving(other) as running:
        with pytest.raises(ClientError) as refused:
            running.client.signed_in(old).request("GET", "/auth/me")
        assert refused.value.status == 401
        through = ("--project", "Comet search", "--workspace", WORKSPACE)
        there = orrery("export", *through, "--url", running.url, "--token", sign_in(running.client), data_dir=other)
        here = orrery("export", *through, "--url", gateway.url, "--token", old, data_dir=other)
    assert there.output == here.output
    assert json.loads(there.output)["project"].items() >= PLAN["project"].items()


def test_another_key_is_told(archive: Path, tmp_path: Path) -> None:
    restored = orrery("restore", str(archive), data_dir=tmp_path / "other", ORRERY_SECRET_KEY="another-" * 5)

    assert restored.status == 0, restored.errors
    assert "made with another ORRERY_SECRET_KEY" in restored.errors


def test_a_folder_that_is_used_is_not_restored_into(gateway: Serving, archive: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    assert orrery("restore", str(archive), data_dir=other).status == 0

    assert_one_sentence(orrery("restore", str(archive), data_dir=other), "is not empty")
    assert_one_sentence(orrery("restore", str(archive), data_dir=gateway.data_dir), f"process {gateway.process.pid}")


def test_a_file_that_is_no_dump_or_there_already_is_told_in_one_sentence(gateway: Serving, tmp_path: Path) -> None:
    file = tmp_path / "notes"
    file.write_text("no dump")

    assert_one_sentence(orrery("restore", str(file), data_dir=tmp_path / "other"), str(file), "is no dump")
    assert_one_sentence(orrery("restore", str(tmp_path / "none"), data_dir=tmp_path / "other"), "no such file")
    assert_one_sentence(orrery("dump", str(file), data_dir=gateway.data_dir), "is there already")


def test_a_folder_is_migrated_once_and_says_what_was_done(gateway: Serving, tmp_path: Path) -> None:
    first, second = (orrery("migrate", data_dir=tmp_path / "new") for _ in range(2))

    assert (first.status, second.status) == (0, 0)
    assert "Built 1 of events over 0 documents.\n" in first.errors
    assert second.errors == "Nothing is to be done: the database has all that this version needs.\n"
    assert_one_sentence(orrery("migrate", data_dir=gateway.data_dir), f"process {gateway.process.pid}", "by itself")
