import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from gateway import cli
from gateway.cli import schema as schema_command
from gateway.client import Client, ClientError
from gateway.paths import types_folder
from tests.gateway.mail_lab import free_port
from tests.gateway.process import Ended, Serving, orrery, serving

DEMO_PORT = str(free_port())
EMAIL = "ada@example.com"
WORKSPACE = "ada/personal"
REGISTER = """mutation ($input: AuthRegisterInput!) { authRegister(input: $input) { accessToken } }"""
COUNTS = (
    """{ workspace(orgSlug: "ada", slug: "personal") { projects { nodes { name cardCount columns { name } } } } }"""
)
PLAN: dict[str, Any] = {
    "project": {"name": "Comet search", "description": "Every clear night.", "deadline": "2030-05-01T00:00:00.000Z"},
    "columns": [{"name": "To do"}, {"name": "Done"}],
    "cards": [
        {
            "title": "Align the mount",
            "columnIndex": 0,
            "description": "Polar axis first.",
            "priority": "high",
            "startDate": "2030-01-01T00:00:00.000Z",
            "dueDate": "2030-01-02T00:00:00.000Z",
            "startedAt": None,
            "completedAt": None,
            "archived": False,
            "checklist": [{"title": "Level", "done": True}, {"title": "Polar axis", "done": False}],
            "labels": ["mount", "night"],
        },
        {
            "title": "Order filters",
            "columnIndex": 1,
            "description": None,
            "priority": None,
            "startDate": None,
            "dueDate": None,
            "startedAt": "2026-01-01T00:00:00.000Z",
            "completedAt": "2026-01-02T00:00:00.000Z",
            "archived": True,
            "checklist": [],
            "labels": [],
        },
    ],
}


def register(gateway: Serving) -> Client:
    """A signed-in client of a new account."""
    values = {"email": EMAIL, "password": "correct horse battery", "name": "Ada"}
    return gateway.client.signed_in(gateway.client.graphql(REGISTER, {"input": values})["authRegister"]["accessToken"])


@pytest.fixture(scope="module")
def gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    """A gateway that runs while the tests of this module do."""
    with serving(tmp_path_factory.mktemp("served"), ORRERY_DEMO_PORT=DEMO_PORT) as running:
        yield running


@pytest.fixture(scope="module")
def ada(gateway: Serving) -> Client:
    """A client of the account EMAIL on the running gateway."""
    return register(gateway)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with the account EMAIL, and no gateway over it."""
    data_dir = tmp_path_factory.mktemp("folder")
    with serving(data_dir) as running:
        register(running)
        running.end()
    return data_dir


@pytest.fixture
def plan(tmp_path: Path) -> Path:
    """A file with PLAN."""
    file = tmp_path / "plan.json"
    file.write_text(json.dumps(PLAN))
    return file


def assert_one_sentence(ended: Ended, *parts: str) -> None:
    assert ended.status == 1
    assert ended.output == ""
    assert ended.errors.startswith("orrery: ")
    assert ended.errors.count("\n") == 1
    assert [part for part in parts if part not in ended.errors] == []


def assert_plan(exported: dict[str, Any]) -> None:
    """Whatever is in PLAN is in the file again; what else a file may hold is empty."""
    assert (exported["format"], exported["version"], exported["members"]) == ("orrery.project", 1, [EMAIL])
    shown = {"status": "active", "tagline": None, "domain": None, "brandColor": None, "accentColor": None}
    assert exported["project"] == PLAN["project"] | shown
    plain: dict[str, Any] = {"kind": None, "prompt": None, "requiresApproval": False}
    assert exported["columns"] == [column | plain for column in PLAN["columns"]]
    assert [label["name"] for label in exported["labels"]] == ["mount", "night"]
    unset = dict.fromkeys(("type", "resolution", "estimateMinutes", "maxDurationSeconds"))
    more: dict[str, Any] = {
        **unset,
        "autoMode": False,
        "pipeline": None,
        "customFields": [],
        "assignee": None,
        "comments": [],
    }
    assert exported["cards"] == [card | more for card in PLAN["cards"]]
    assert not any(exported[name] for name in ("scopes", "customFields", "relations", "documents"))


def test_what_was_imported_into_the_data_folder_is_exported_alike(folder: Path, plan: Path, tmp_path: Path) -> None:
    imported = orrery("import", str(plan), "--workspace", WORKSPACE, data_dir=folder)
    assert imported.status == 0, imported.errors
    assert imported.errors == "Imported Comet search: 2 columns and 2 cards.\n"

    by_id = orrery("export", imported.output.strip(), "--workspace", WORKSPACE, data_dir=folder)
    file = tmp_path / "exported.json"
    by_name = orrery(
        "export", "--project", "Comet search", "--workspace", WORKSPACE, "--as", EMAIL, "-o", str(file), data_dir=folder
    )

    assert by_id.status == 0, by_id.errors
    assert_plan(json.loads(by_id.output))
    assert (by_name.status, by_name.output) == (0, "")
    assert file.read_text() == by_id.output
    assert [one.name for one in tmp_path.iterdir() if one.suffix == ".part"] == []


def test_a_file_of_another_tool_is_imported_through_a_mapping(folder: Path, tmp_path: Path) -> None:
    file = tmp_path / "backlog.json"
    tasks = [
        {"key": f"T-{n}", "title": f"Task {n}", "status": "Done", "dependencies": [f"T-{n + 1}"]} for n in range(501)
    ]
    file.write_text(json.dumps({"tasks": tasks, "documents": [{"kind": "docs", "title": "Guide", "content": "# Go"}]}))
    asked = ("import", str(file), "--workspace", WORKSPACE, "--mapping")

    unknown = orrery(*asked, "other", data_dir=folder)
    imported = orrery(*asked, "backlog-md", data_dir=folder)
    exported = orrery("export", imported.output.strip(), "--workspace", WORKSPACE, data_dir=folder)

    assert_one_sentence(unknown, "no mapping other", "backlog-md")
    assert imported.errors == (
        "Changed or left out: tasks.500: T-501, which blocks T-500, is not in the file.\n"
        "Imported Backlog: 3 columns and 501 cards.\n"
    )
    found = json.loads(exported.output)
    assert (len(found["cards"]), len(found["relations"]), len(found["documents"])) == (501, 500, 2)


def test_what_was_imported_through_a_gateway_is_exported_alike(gateway: Serving, ada: Client, plan: Path) -> None:
    through = ("--workspace", WORKSPACE, "--url", gateway.url)
    imported = orrery("import", str(plan), *through, data_dir=plan.parent, ORRERY_TOKEN=str(ada.token))
    assert imported.status == 0, imported.errors

    exported = orrery("export", imported.output.strip(), *through, data_dir=plan.parent, ORRERY_TOKEN=str(ada.token))

    assert_plan(json.loads(exported.output))
    projects = ada.graphql(COUNTS)["workspace"]["projects"]["nodes"]
    plans = [project for project in projects if project["name"] == "Comet search"]
    assert plans == [{"name": "Comet search", "cardCount": 1, "columns": [{"name": "To do"}, {"name": "Done"}]}]
    assert not (plan.parent / "db").exists()


def test_a_large_file_goes_through_a_gateway_by_a_job(gateway: Serving, ada: Client, tmp_path: Path) -> None:
    file = tmp_path / "large.json"
    through = ("--workspace", WORKSPACE, "--url", gateway.url)
    whole = {"project": {"name": "Survey"}, "cards": [{"title": f"Field {n}"} for n in range(501)]}
    for cards in (whole["cards"], [*whole["cards"], {"title": ""}]):
        file.write_text(json.dumps({**whole, "cards": cards}))
        imported = orrery("import", str(file), *through, data_dir=tmp_path, ORRERY_TOKEN=str(ada.token))
        if len(cards) == 501:
            assert imported.status == 0, imported.errors
            exported = orrery(
                "export", imported.output.strip(), *through, data_dir=tmp_path, ORRERY_TOKEN=str(ada.token)
            )

    assert [card["title"] for card in json.loads(exported.output)["cards"]] == [f"Field {n}" for n in range(501)]
    assert_one_sentence(imported, "cards.501.title")


def test_the_folder_of_a_running_gateway_is_left_to_it(gateway: Serving, plan: Path) -> None:
    for arguments in (("import", str(plan)), ("export", "--project", "Comet search")):
        ended = orrery(*arguments, "--workspace", WORKSPACE, data_dir=gateway.data_dir)

        assert_one_sentence(ended, f"process {gateway.process.pid}", "--url", "--token")


def test_a_card_that_is_refused_is_named_and_nothing_is_written(folder: Path, tmp_path: Path) -> None:
    file = tmp_path / "bad.json"
    file.write_text(json.dumps({**PLAN, "project": {"name": "Half"}, "cards": [*PLAN["cards"], {"title": ""}]}))

    imported = orrery("import", str(file), "--workspace", WORKSPACE, data_dir=folder)
    exported = orrery("export", "--project", "Half", "--workspace", WORKSPACE, data_dir=folder)

    assert_one_sentence(imported, "cards.2.title")
    assert_one_sentence(exported, "Half", "not found")


def test_an_odd_card_keeps_no_other_out_where_a_file_is_to_be_mended(folder: Path, tmp_path: Path) -> None:
    file = tmp_path / "odd.json"
    file.write_text(json.dumps({**PLAN, "project": {"name": "Odd"}, "cards": [{"title": ""}, *PLAN["cards"]]}))

    imported = orrery("import", str(file), "--mend", "--workspace", WORKSPACE, data_dir=folder)
    exported = orrery("export", "--project", "Odd", "--workspace", WORKSPACE, data_dir=folder)

    told = "Changed or left out: cards.0.title: is Untitled now, as it must have at least 1 characters.\n"
    assert told in imported.errors
    titles = {card["title"] for card in json.loads(exported.output)["cards"]}
    assert titles == {"Untitled", *(card["title"] for card in PLAN["cards"])}


@pytest.mark.parametrize(
    ("text", "arguments", "said"),
    [
        (None, ["--workspace", WORKSPACE], "cannot be read"),
        ("{", ["--workspace", WORKSPACE], "is not JSON (line 1)"),
        ("[" * 100_000, ["--workspace", WORKSPACE], "is not JSON"),
        ("[]", ["--workspace", WORKSPACE], "is no project"),
        (" " * (64 * 1024 * 1024 + 1), ["--workspace", WORKSPACE], "at most 67108864"),
        ("{}", ["--workspace", "ada"], "ORGANIZATION/WORKSPACE"),
        ("{}", ["--workspace", WORKSPACE, "--url", "http://127.0.0.1:1"], "--token"),
        ("{}", ["--workspace", WORKSPACE, "--url", "gateway", "--token", "t"], "'gateway' is no address"),
        (json.dumps(PLAN), ["--workspace", WORKSPACE, "--url", "http://127.0.0.1:1", "--token", "t"], "No gateway"),
    ],
)
def test_a_file_or_option_that_cannot_be_used_is_told_in_one_sentence(
    tmp_path: Path, text: str | None, arguments: list[str], said: str
) -> None:
    file = tmp_path / "plan.json"
    if text is not None:
        file.write_text(text)

    assert_one_sentence(orrery("import", str(file), *arguments, data_dir=tmp_path), said)


def test_an_unknown_workspace_or_person_is_told_in_one_sentence(folder: Path, plan: Path) -> None:
    unknown = orrery("import", str(plan), "--workspace", "ada/other", data_dir=folder)
    nobody = orrery("import", str(plan), "--workspace", WORKSPACE, "--as", "bob@example.com", data_dir=folder)

    assert_one_sentence(unknown, "ada/other")
    assert_one_sentence(nobody, "bob@example.com")


def test_a_token_is_printed_once_and_works_and_an_account_is_made_to_run_the_installation(folder: Path) -> None:
    arguments = ("--name", "Script", "--scopes", "account:read", "--expires", "30d")
    made = orrery("token", EMAIL, *arguments, data_dir=folder)
    assert made.status == 0, made.errors
    secret = made.output.strip()
    granted = orrery("admin", "grant", EMAIL, data_dir=folder)

    with serving(folder) as gateway:
        client = gateway.client.signed_in(secret)
        viewer = client.graphql("{ viewer { email serverRole } }")
        with pytest.raises(ClientError) as refused:
            client.graphql(COUNTS)

    assert secret.startswith("sl_")
    assert secret not in made.errors
    assert_one_sentence(orrery("admin", "grant", EMAIL, "--role", "user", data_dir=folder), "super-administrator")
    assert granted.errors == f"{EMAIL} is super_admin of this installation.\n"
    assert viewer == {"viewer": {"email": EMAIL, "serverRole": "SUPER_ADMIN"}}
    assert refused.value.code == "FORBIDDEN"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nobody@example.com"], "nobody@example.com"),
        ([EMAIL, "--scopes", "everything"], "scopes"),
        ([EMAIL, "--expires", "soon"], "--expires"),
        ([EMAIL, "--expires", "2001-01-01"], "expiresAt"),
    ],
)
def test_a_token_that_cannot_be_made_is_told_in_one_sentence(folder: Path, arguments: list[str], said: str) -> None:
    assert_one_sentence(orrery("token", *arguments, data_dir=folder), said)


def test_a_role_that_is_none_is_told_in_one_sentence(folder: Path) -> None:
    assert_one_sentence(orrery("admin", "grant", EMAIL, "--role", "king", data_dir=folder), "--role")


def run(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    """The exit status of the command in this process."""
    monkeypatch.setattr(sys, "argv", ["orrery", *arguments])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    return int(ended.value.code or 0)


@pytest.fixture
def types(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the types of the graph, beside which the snapshot `schema.graphql` is kept."""
    folder = tmp_path / "schema"
    folder.mkdir()
    for module in types_folder().glob("*.py"):
        (folder / module.name).write_bytes(module.read_bytes())
    monkeypatch.setattr(schema_command, "types_folder", lambda: folder)
    monkeypatch.setattr(schema_command, "sdl_path", lambda: tmp_path / "schema.graphql")
    return folder


def test_a_snapshot_that_was_written_does_not_drift(
    types: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, "schema", "--check") == 1
    assert run(monkeypatch, "schema", "--write") == 0
    assert run(monkeypatch, "schema", "--check") == 0
    capsys.readouterr()
    assert run(monkeypatch, "schema") == 0
    assert capsys.readouterr().out == types.with_suffix(".graphql").read_text()


def test_a_reference_that_was_written_by_hand_has_drifted(
    types: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    references = types / "references.py"
    run(monkeypatch, "schema", "--write")
    references.write_text(references.read_text().replace("LabelRef = ", "TagRef = "))
    capsys.readouterr()

    assert run(monkeypatch, "schema", "--check") == 1

    assert "-TagRef = " in capsys.readouterr().err


def test_a_snapshot_that_drifted_is_shown_where_it_differs(
    types: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    snapshot = types.with_suffix(".graphql")
    run(monkeypatch, "schema", "--write")
    snapshot.write_text(snapshot.read_text().replace("type Card implements Node {", "type Card {", 1))
    capsys.readouterr()

    assert run(monkeypatch, "schema", "--check") == 1

    said = capsys.readouterr().err
    assert "-type Card {\n" in said
    assert "+type Card implements Node {\n" in said


@pytest.mark.slow("the first mission of a gateway waits for a process that loads what speaks to models")
def test_the_demo_ends_with_two_completed_missions_and_keeps_no_password(gateway: Serving) -> None:
    ended = orrery("demo", "--fast", "--url", gateway.url, data_dir=gateway.data_dir, ORRERY_DEMO_PORT=DEMO_PORT)

    assert ended.status == 0, ended.errors
    [password] = [line.split()[1] for line in ended.output.splitlines() if line.strip().startswith("Password")]
    client = gateway.client
    signed_in = client.request("POST", "/auth/login", {"email": "demo@orrery.example", "password": password})
    assert signed_in["user"]["email"] == "demo@orrery.example"
    for said in ("QUEUED → RUNNING", "RUNNING → COMPLETED", "five numbers in the firmware", "missionEvents("):
        assert said in ended.output
    plan = "- [x] Read the card", "- [ ] Propose it as the card's description", "+ description: 1. **Look**"
    for said in (*plan, "PROPOSAL  update_card", "proposalApprove(", "The card says what the hour of practice teaches"):
        assert said in ended.output
    assert [file for file in gateway.data_dir.glob("*") if file.is_file() and password in file.read_text()] == []


def test_the_demo_without_a_gateway_says_so_in_one_sentence(tmp_path: Path) -> None:
    assert_one_sentence(
        orrery("demo", "--url", "http://127.0.0.1:1", data_dir=tmp_path), "No gateway answers at http://127.0.0.1:1"
    )
