"""`orrery vault` beside a gateway that serves, and what a credential leaves anywhere."""

import base64
import secrets
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import httpx
import pytest
from pymongo import MongoClient

from auth.vault import new_vault_key, parse_vault_keys
from gateway.client import Client
from gateway.embedded import running_url
from tests.gateway.process import orrery, serving
from tests.gateway.test_cli import assert_one_sentence, register
from tests.loopback import NO_TLS
from tests.patience import PATIENCE

CANARIES = {
    door: f"sk-canary-{number}4d3c2b1a0f9e8d7c-{number}"
    for number, door in enumerate(
        ("graph", "again", "rotated", "orkosi", "integration", "board", "malformed", "refused", "wrong"), 1
    )
}
KEY = "stripe-of-the-canary"
CREATE = "mutation ($input: CredentialCreateInput!) { credentialCreate(input: $input) { credential { id } } }"
ROTATE = "mutation ($id: ID!, $i: CredentialRotateInput!) { credentialRotate(id: $id, input: $i) { cursor } }"
REVEAL = "mutation ($id: ID!) { credentialReveal(id: $id) { value } }"


def give(ada: Client, organization: str) -> str:
    """Give a value by every door there is, and by each of them one that is refused; the id of a credential."""
    authorization = {"authorization": f"Bearer {ada.token}"}
    given = iter(CANARIES.values())

    def send(path: str, body: Any) -> httpx.Response:
        return http.post(path, json=body, headers={"idempotency-key": secrets.token_hex(8)})  # so replies are kept

    def graph(query: str, **variables: Any) -> Any:
        return send("/graphql", {"query": query, "variables": variables}).json()

    with httpx.Client(base_url=ada.url, headers=authorization, verify=NO_TLS, timeout=PATIENCE) as http:
        values = {"organizationId": organization, "key": "anthropic", "value": next(given)}
        made: str = graph(CREATE, input=values)["data"]["credentialCreate"]["credential"]["id"]
        taken = graph(CREATE, input={**values, "value": next(given)})  # of the same key
        rotated = graph(ROTATE, id=made, i={"value": next(given)})
        board = {"name": "Board", "provider": "other", "organizationId": organization}
        statuses = []
        for path, body in (
            ("/orkosi/api/credentials", {"key": KEY, "value": next(given)}),
            ("/orkosi/api/integrations/openai/configure", {"fields": {"api_key": next(given)}}),
            ("/api/credentials", {**board, "apiKey": next(given)}),
            ("/orkosi/api/credentials", {"key": "no key", "value": next(given)}),
            ("/orkosi/api/integrations/slack/configure", {"fields": {"webhook_url": next(given)}}),
        ):
            answer = send(path, body)
            statuses.append(answer.status_code)
            assert not any(canary in answer.text for canary in CANARIES.values()), path
        wrong = graph(CREATE, input={**values, "value": [next(given)]})
    assert taken["errors"][0]["extensions"]["code"] == "CONFLICT"
    assert wrong["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"
    assert "errors" not in rotated
    assert statuses == [201, 200, 201, 400, 400]
    return made


def kept_in(folder: Path) -> Iterator[tuple[str, bytes]]:
    """All that a gateway keeps while it runs: its files, what is packed in those, and every document as it is."""
    for file in folder.rglob("*"):
        if file.is_file():
            yield str(file), file.read_bytes()
            if zipfile.is_zipfile(file):
                with zipfile.ZipFile(file) as archive:
                    yield from ((f"{file} {name}", archive.read(name)) for name in archive.namelist())
    url = running_url(folder)
    assert url is not None
    with MongoClient[dict[str, Any]](url) as client:
        database = client.get_default_database()
        for name in database.list_collection_names():
            for documents in database[name].find_raw_batches():
                yield name, cast(bytes, documents)


def leaks(folder: Path) -> tuple[list[tuple[str, str]], set[str]]:
    """Which canaries are where, as they are or as others write them; and where what a credential is called by is."""
    forms = {
        form: door
        for door, canary in CANARIES.items()
        for form in (canary.encode(), canary.encode().hex().encode(), base64.b64encode(canary.encode()).rstrip(b"="))
    }
    found, named = [], set()
    for where, content in kept_in(folder):
        named |= {where} if KEY.encode() in content else set()
        found += [(where, door) for form, door in forms.items() if form in content]
    return found, named


@pytest.mark.slow("a gateway and four commands, each a process")
def test_another_key_takes_over_while_a_gateway_serves_and_nothing_kept_holds_what_is_sealed(tmp_path: Path) -> None:
    old, new = new_vault_key(), new_vault_key()
    folder = tmp_path / "data"
    with serving(folder, ORRERY_VAULT_KEYS=f"{old.text},{new.text}") as running:
        ada = register(running)
        mine = ada.graphql("{ organizations { nodes { id } } }", {})["organizations"]["nodes"][0]["id"]
        made = give(ada, mine)
        found, _ = leaks(folder)

        both = {"ORRERY_VAULT_KEYS": f"{new.text},{old.text}"}
        before = orrery("vault", "status", data_dir=folder, **both)
        rotated = orrery("vault", "rotate", data_dir=folder, **both)
        missing = orrery("vault", "status", data_dir=folder, ORRERY_VAULT_KEYS=old.text)
        revealed = ada.graphql(REVEAL, {"id": made})["credentialReveal"]["value"]
        dumped = orrery("dump", str(folder / "orrery.dump"), data_dir=folder, **both)
        after, named = leaks(folder)
        ended = running.end()

    assert (before.status, rotated.status, dumped.status) == (0, 0, 0)
    assert before.errors.splitlines() == [f"{new.kid}: 0 (writes)", f"{old.kid}: 4"]
    assert rotated.errors == f"The key {new.kid} seals all credentials; 4 were sealed anew.\n"
    assert f"{new.kid}: 4 (missing from ORRERY_VAULT_KEYS)" in missing.errors
    assert missing.status == 1
    assert revealed == CANARIES["rotated"]
    assert (found, after) == ([], [])
    assert {
        "events",
        "credentials",
        f"{folder / 'orrery.dump'} collections/events.bson",
    } <= named  # it was looked there
    assert not [canary for canary in CANARIES.values() if canary in ended.output + ended.errors]


def test_a_new_key_is_printed(tmp_path: Path) -> None:
    printed = orrery("vault", "key", data_dir=tmp_path)

    assert printed.status == 0
    assert len(parse_vault_keys(printed.output)) == 1


def test_without_a_key_it_says_what_to_set(tmp_path: Path) -> None:
    assert_one_sentence(orrery("vault", "status", data_dir=tmp_path, ORRERY_ENV="production"), "set ORRERY_VAULT_KEYS")
