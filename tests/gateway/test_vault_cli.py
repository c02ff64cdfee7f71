"""`orrery vault` beside a gateway that serves, and what a credential leaves in the data folder."""

from pathlib import Path

import pytest

from auth.vault import new_vault_key, parse_vault_keys
from tests.gateway.process import orrery, serving
from tests.gateway.test_cli import assert_one_sentence, register

CANARY = "sk-canary-4d3c2b1a0f9e8d7c"
CREATE = "mutation ($input: CredentialCreateInput!) { credentialCreate(input: $input) { credential { id } } }"
REVEAL = "mutation ($id: ID!) { credentialReveal(id: $id) { value } }"


@pytest.mark.slow("a gateway and four commands, each a process")
def test_another_key_takes_over_while_a_gateway_serves_and_no_file_holds_what_is_sealed(tmp_path: Path) -> None:
    old, new = new_vault_key(), new_vault_key()
    folder = tmp_path / "data"
    with serving(folder, ORRERY_VAULT_KEYS=f"{old.text},{new.text}") as running:
        ada = register(running)
        mine = ada.graphql("{ organizations { nodes { id } } }", {})["organizations"]["nodes"][0]["id"]
        values = {"organizationId": mine, "key": "anthropic", "value": CANARY}
        made = ada.graphql(CREATE, {"input": values})["credentialCreate"]["credential"]

        both = {"ORRERY_VAULT_KEYS": f"{new.text},{old.text}"}
        before = orrery("vault", "status", data_dir=folder, **both)
        rotated = orrery("vault", "rotate", data_dir=folder, **both)
        missing = orrery("vault", "status", data_dir=folder, ORRERY_VAULT_KEYS=old.text)
        revealed = ada.graphql(REVEAL, {"id": made["id"]})["credentialReveal"]["value"]
        dumped = orrery("dump", str(tmp_path / "data" / "orrery.dump"), data_dir=folder, **both)
        running.end()

    assert (before.status, rotated.status, dumped.status) == (0, 0, 0)
    assert before.errors.splitlines() == [f"{new.kid}: 0 (writes)", f"{old.kid}: 1"]
    assert rotated.errors == f"The key {new.kid} seals all credentials; 1 were sealed anew.\n"
    assert f"{new.kid}: 1 (missing from ORRERY_VAULT_KEYS)" in missing.errors
    assert missing.status == 1
    assert revealed == CANARY
    files = [file for file in folder.rglob("*") if file.is_file()]
    assert [file.name for file in files if CANARY.encode() in file.read_bytes()] == []


def test_a_new_key_is_printed(tmp_path: Path) -> None:
    printed = orrery("vault", "key", data_dir=tmp_path)

    assert printed.status == 0
    assert len(parse_vault_keys(printed.output)) == 1


def test_without_a_key_it_says_what_to_set(tmp_path: Path) -> None:
    assert_one_sentence(orrery("vault", "status", data_dir=tmp_path, ORRERY_ENV="production"), "set ORRERY_VAULT_KEYS")
