import asyncio
import contextlib
import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import psutil
import pytest
from websockets.asyncio.client import connect
from websockets.typing import Subprotocol

from gateway.locking import holder
from gateway.serve import ServeError, listen
from gateway.settings import Settings
from tests.gateway.process import ROOT, Serving, environment, is_alive, orrery, serving
from tests.patience import PATIENCE

REGISTER = """mutation ($input: AuthRegisterInput!) { authRegister(input: $input) { accessToken user { id } } }"""
WORKSPACE = """{ organizations { nodes { workspaces { nodes { id } } } } }"""
WRITE_DOCUMENT = """mutation ($input: DocumentCreateInput!) { documentCreate(input: $input) { cursor } }"""
WATCH = """subscription ($id: ID!) { workspaceEvents(workspaceId: $id) { __typename } }"""


def signed_in(gateway: Serving) -> tuple[str, str]:
    """The token of a new account, and the id of its workspace."""
    values = {"email": "ada@example.com", "password": "correct horse battery"}
    token = gateway.client.graphql(REGISTER, {"input": values})["authRegister"]["accessToken"]
    organizations = gateway.client.signed_in(token).graphql(WORKSPACE)["organizations"]["nodes"]
    return token, organizations[0]["workspaces"]["nodes"][0]["id"]


def test_a_ready_gateway_tells_where_everything_is_and_answers(tmp_path: Path) -> None:
    with serving(tmp_path) as gateway:
        for place in ("/graphql", "/api/docs", "/health"):
            assert f"{gateway.url}{place}\n" in gateway.told
        assert str(tmp_path) in gateway.told
        assert gateway.client.request("GET", "/health") == {"status": "ok"}


@pytest.mark.parametrize("by", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_the_gateway_and_its_database(tmp_path: Path, by: signal.Signals) -> None:
    with serving(tmp_path) as gateway:
        database = gateway.database_pid
        assert is_alive(database)

        ended = gateway.end(by)

    assert (ended.status, ended.errors) == (0, "")
    assert not is_alive(database)
    assert holder(tmp_path / "gateway.pid") is None


@pytest.mark.parametrize("by", [signal.SIGTERM, signal.SIGKILL])
def test_what_reads_long_texts_ends_with_the_gateway_however_that_ends(tmp_path: Path, by: signal.Signals) -> None:
    # Given a process that has read a text for a person
    with serving(tmp_path) as gateway:
        token, workspace_id = signed_in(gateway)
        values = {"workspaceId": workspace_id, "title": "Long", "content": "- *a* `b`\n" * 1_000}
        gateway.client.signed_in(token).graphql(WRITE_DOCUMENT, {"input": values})
        children = psutil.Process(gateway.process.pid).children()
        [reader] = [one for one in children if "process_child.py" in " ".join(one.cmdline())]

        # When
        gateway.end(by)

        # Then
        psutil.wait_procs(children, timeout=PATIENCE)
        assert not reader.is_running()


async def test_a_signal_ends_open_streams_first(tmp_path: Path) -> None:
    with serving(tmp_path) as gateway:
        token, workspace_id = signed_in(gateway)
        bearer = {"authorization": f"Bearer {token}"}
        operation = {"query": WATCH, "variables": {"id": workspace_id}}
        with contextlib.closing(http.client.HTTPConnection(urlsplit(gateway.url).netloc, timeout=PATIENCE)) as stream:
            headers = {**bearer, "accept": "text/event-stream", "content-type": "application/json"}
            stream.request("POST", "/graphql", json.dumps(operation), headers)
            events = stream.getresponse()
            heard = b""
            while b"StreamReady" not in heard:
                heard += (piece := events.read1())
                assert piece, heard
            address = gateway.url.replace("http", "ws") + "/graphql"
            async with connect(address, subprotocols=[Subprotocol("graphql-transport-ws")], proxy=None) as live:
                await live.send(json.dumps({"type": "connection_init", "payload": bearer}))
                assert json.loads(await live.recv())["type"] == "connection_ack"
                await live.send(json.dumps({"type": "subscribe", "id": "1", "payload": operation}))
                assert "StreamReady" in str(await live.recv())

                ended = await asyncio.to_thread(gateway.end)

                await live.wait_closed()
            events.read()

    assert live.close_code == 1012
    assert (ended.status, ended.troubles) == (0, [])


def test_a_killed_gateway_leaves_nothing_that_blocks_the_next_start(tmp_path: Path) -> None:
    with serving(tmp_path) as gateway:
        token, _ = signed_in(gateway)
        gateway.end(signal.SIGKILL)

    with serving(tmp_path) as gateway:
        found = gateway.client.signed_in(token).graphql("{ viewer { email } }")

        assert found["viewer"]["email"] == "ada@example.com"


def test_a_second_gateway_on_the_folder_ends_with_one_sentence(tmp_path: Path) -> None:
    with serving(tmp_path) as gateway:
        second = orrery("serve", "--port", "0", data_dir=tmp_path)

        assert second.status == 1
        assert second.output == ""
        assert second.errors == (
            f"orrery: The data folder {tmp_path} is in use by process {gateway.process.pid}: stop it first, or let "
            "ORRERY_DATA_DIR name another folder.\n"
        )
        assert gateway.client.request("GET", "/health") == {"status": "ok"}


def test_an_unreachable_server_ends_the_start_with_one_sentence(tmp_path: Path) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{closed.getsockname()[1]}"

        given = {"ORRERY_MONGODB_URL": f"mongodb://{address}/orrery", "ORRERY_MONGODB_PATIENCE": "1s"}
        ended = orrery("serve", "--port", "0", data_dir=tmp_path, **given)

    assert ended.status == 1
    assert ended.errors == f"orrery: No MongoDB server answers at {address}: is it running, and a replica set?\n"


def test_a_port_in_use_ends_the_start_with_one_sentence(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

        ended = orrery("serve", "--port", str(port), data_dir=tmp_path)

    assert ended.status == 1
    assert ended.errors.startswith(f"orrery: Something else listens on 127.0.0.1:{port}: ")
    assert ended.errors.count("\n") == 1
    assert holder(tmp_path / "gateway.pid") is None


def test_a_setting_that_is_unusable_ends_the_start_with_one_sentence(tmp_path: Path) -> None:
    ended = orrery("serve", data_dir=tmp_path, ORRERY_PORT="many")

    assert ended.status == 1
    assert ended.errors.startswith("orrery: ORRERY_PORT ")
    assert ended.errors.count("\n") == 1


def test_a_host_of_another_machine_is_refused() -> None:
    with pytest.raises(ServeError) as caught:
        listen(Settings(secret_key="", host="192.0.2.1", port=0))

    assert str(caught.value) == "ORRERY_HOST names 192.0.2.1, which is no address of this machine."


def test_uvicorn_serves_the_factory_itself(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "uvicorn", "--factory", "gateway.app:create_app", "--port", "0"]
    with subprocess.Popen(
        command, cwd=ROOT, env=environment(tmp_path, {}), stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stderr is not None
        line = log = ""
        while "running on" not in line and (line := process.stderr.readline()):
            log += line
        found = re.search(r"http://127\.0\.0\.1:\d+", line)
        assert found, log
        health = http.client.HTTPConnection(urlsplit(found[0]).netloc, timeout=PATIENCE)
        health.request("GET", "/health")
        status = health.getresponse().status
        health.close()
        os.kill(process.pid, signal.SIGINT)
        process.communicate(timeout=PATIENCE)

    assert status == 200
    assert holder(tmp_path / "db.pid") is None
