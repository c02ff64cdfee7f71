"""Running the installation, over the graph."""

from bson import ObjectId

from models import User
from models.base import collection
from tests.gateway.lab import Lab, Person


async def root_of(lab: Lab) -> Person:
    """Somebody who runs the installation."""
    root = await lab.person("root@example.com")
    mine = (await root.ask("{ viewer { id } }"))["viewer"]["id"]
    role = {"$set": {"server_role": "super_admin"}}
    await collection(User).update_one({"_id": ObjectId(mine)}, role)
    return root


async def test_accounts_are_made_listed_changed_and_deleted_by_whoever_manages_them(lab: Lab) -> None:
    root = await root_of(lab)
    made = await root.ask(
        """mutation { personCreate(input: {email: "new@example.com", name: "New", role: USER}) {
          generatedPassword cursor person { id email name serverRole authProvider mustChangePassword createdAt }
        } }"""
    )
    person = made["personCreate"]["person"]

    found = await root.ask('{ people(search: "NEW@", limit: 5) { totalCount nodes { id serverRole } } }')
    changed = await root.ask(
        """mutation ($id: ID!) {
          personUpdate(id: $id, input: {name: "Other", role: ADMIN}) { person { name serverRole } }
          personPasswordReset(id: $id) { generatedPassword person { mustChangePassword } }
        }""",
        id=person["id"],
    )
    owned = await root.ask("query ($id: ID!) { personOwnedProjects(id: $id) }", id=person["id"])
    deleted = await root.ask("mutation ($id: ID!) { personDelete(id: $id) { deletedId } }", id=person["id"])
    bob = await lab.person("bob@example.com")
    refused = await bob.refused("{ people { totalCount } }")

    assert (len(made["personCreate"]["generatedPassword"]), person["authProvider"]) == (16, "LOCAL")
    assert found["people"] == {"totalCount": 1, "nodes": [{"id": person["id"], "serverRole": "USER"}]}
    assert changed["personUpdate"]["person"] == {"name": "Other", "serverRole": "ADMIN"}
    assert changed["personPasswordReset"]["person"] == {"mustChangePassword": True}
    assert owned == {"personOwnedProjects": 0}
    assert deleted["personDelete"]["deletedId"] == person["id"]
    assert refused["extensions"]["code"] == "FORBIDDEN"
    mine = await bob.ask("{ viewer { mustChangePassword authProvider } }")
    assert mine["viewer"] == {"mustChangePassword": False, "authProvider": "LOCAL"}


async def test_what_is_set_for_the_installation_is_set_by_whoever_runs_it(lab: Lab) -> None:
    root = await root_of(lab)

    changed = await root.ask(
        """mutation ($input: LogExportUpdateInput!) {
          installationAuthSet(enabled: true) { installation { authEnabled oidcEnabled hasPeople } cursor }
          logExportUpdate(input: $input) { logExport { enabled endpoint level headerNames } cursor }
          logExportTest { success error }
        }""",
        input={"endpoint": "https://127.0.0.1/", "headers": {"x-key": "secret"}, "level": "ERROR"},
    )
    asked = '{ logExport { endpoint } logEntries(level: WARN, search: "x", limit: 5) { id message fields } }'
    found = await root.ask(asked)
    refused = await root.refused("mutation { installationAuthSet(enabled: false) { cursor } }")

    assert changed["installationAuthSet"]["installation"] == {
        "authEnabled": True,
        "oidcEnabled": False,
        "hasPeople": True,
    }
    assert changed["logExportUpdate"]["logExport"] == {
        "enabled": False,
        "endpoint": "https://127.0.0.1/",
        "level": "ERROR",
        "headerNames": ["x-key"],
    }
    assert changed["logExportTest"]["success"] is False
    assert found == {"logExport": {"endpoint": "https://127.0.0.1/"}, "logEntries": []}
    assert refused["extensions"]["code"] == "CONFLICT"


async def test_a_backup_is_asked_for_listed_and_deleted(lab: Lab) -> None:
    root = await root_of(lab)

    made = (await root.ask("mutation { backupCreate { backup { id filename status size } cursor } }"))["backupCreate"]
    backup_id, name = made["backup"]["id"], made["backup"]["filename"]
    second = await root.refused("mutation { backupCreate { cursor } }")
    found = await root.ask("query ($name: String!) { backups { id } backup(filename: $name) { status } }", name=name)
    delete = "mutation ($id: ID!) { backupDelete(id: $id) { deletedId } }"
    being_made = await root.refused(delete, id=backup_id)

    assert (made["backup"]["status"], made["backup"]["size"]) == ("RUNNING", 0)
    assert found == {"backups": [{"id": backup_id}], "backup": {"status": "RUNNING"}}
    assert [refused["extensions"]["code"] for refused in (second, being_made)] == ["CONFLICT", "CONFLICT"]


async def test_single_sign_on_is_set_and_begun(lab: Lab) -> None:
    root = await root_of(lab)
    nobody = lab.client()

    changed = await root.ask(
        """mutation ($input: OidcSetInput!) {
          oidcSet(input: $input) { oidc { configured issuerUrl clientId } cursor }
          oidcTest { success error }
        }""",
        input={"issuerUrl": "https://127.0.0.1", "clientId": "orrery", "clientSecret": "secret"},
    )
    found = await root.ask("{ oidc { configured } installation { oidcEnabled } }")
    begin = 'mutation { oidcBegin(path: "/callback", returnTo: "/app") { url flow } }'
    unreachable = (await nobody.post("/graphql", json={"query": begin})).json()
    complete = 'mutation { oidcComplete(input: {state: "a", code: "b", flow: "c"}) { accessToken } }'
    refused = (await nobody.post("/graphql", json={"query": complete})).json()
    removed = await root.ask("mutation { oidcRemove { oidc { configured } } }")

    assert changed["oidcSet"]["oidc"] == {"configured": True, "issuerUrl": "https://127.0.0.1", "clientId": "orrery"}
    assert changed["oidcTest"]["success"] is False
    assert found == {"oidc": {"configured": True}, "installation": {"oidcEnabled": True}}
    assert [answer["errors"][0]["extensions"]["code"] for answer in (unreachable, refused)] == [
        "CONFLICT",
        "UNAUTHENTICATED",
    ]
    assert removed == {"oidcRemove": {"oidc": {"configured": False}}}
