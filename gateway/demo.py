"""The demo: fills a workspace over the public API, then lets an agent drive a mission while somebody watches."""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from gateway import demo_data as data
from gateway import demo_script as script
from gateway.client import Client, ClientError
from gateway.demo_data import Who

REGISTER = """mutation ($input: AuthRegisterInput!) { authRegister(input: $input) { accessToken user { id } } }"""
VIEWER = """{ viewer { id email } }"""
CREATE_ORGANIZATION = """mutation ($input: OrganizationCreateInput!) {
  organizationCreate(input: $input) { organization { id } } }"""
CREATE_WORKSPACE = (
    """mutation ($input: WorkspaceCreateInput!) { workspaceCreate(input: $input) { workspace { id } } }"""
)
INVITE = """mutation ($workspaceId: ID!, $input: WorkspaceMemberInviteInput!) {
  workspaceMemberInvite(workspaceId: $workspaceId, input: $input) { token } }"""
ACCEPT = """mutation ($token: String!) { invitationAccept(token: $token) { cursor } }"""
CREATE_AGENT = """mutation ($input: AgentCreateInput!) {
  agentCreate(input: $input) { token agent { id user { id } } } }"""
CREATE_PROJECT = """mutation ($input: ProjectCreateInput!) { projectCreate(input: $input) { project { id } } }"""
ADD_MEMBER = """mutation ($projectId: ID!, $input: ProjectMemberAddInput!) {
  projectMemberAdd(projectId: $projectId, input: $input) { cursor } }"""
CREATE_LABEL = """mutation ($input: LabelCreateInput!) { labelCreate(input: $input) { label { id } } }"""
CREATE_SCOPE = """mutation ($input: ScopeCreateInput!) { scopeCreate(input: $input) { scope { id } } }"""
CREATE_COLUMN = """mutation ($input: ColumnCreateInput!) { columnCreate(input: $input) { column { id } } }"""
CREATE_AUTOMATION = """mutation ($input: AutomationCreateInput!) { automationCreate(input: $input) { cursor } }"""
CREATE_CARD = """mutation ($input: CardCreateInput!) { cardCreate(input: $input) { card { id } } }"""
CREATE_COMMENT = """mutation ($input: CommentCreateInput!) { commentCreate(input: $input) { cursor } }"""
CREATE_MISSION = """mutation ($input: MissionCreateInput!) { missionCreate(input: $input) { cursor mission { id } } }"""
CREATE_OBJECTIVE = (
    """mutation ($input: ObjectiveCreateInput!) { objectiveCreate(input: $input) { objective { id } } }"""
)
CREATE_PRIORITY = """mutation ($input: PilotagePriorityCreateInput!) {
  pilotagePriorityCreate(input: $input) { cursor } }"""
CREATE_TODO = """mutation ($input: TodoCreateInput!) { todoCreate(input: $input) { cursor } }"""
CREATE_DECISION = """mutation ($input: DecisionCreateInput!) { decisionCreate(input: $input) { cursor } }"""
CREATE_ORDER = """mutation ($input: StandingOrderCreateInput!) { standingOrderCreate(input: $input) { cursor } }"""

TRIES = 5


@dataclass(slots=True)
class Filled:
    """What a demo made. `email` and `password` are those of the account, where it is new."""

    client: Client
    organization_slug: str
    workspace_id: str
    email: str = ""
    password: str = field(default="", repr=False)
    people: dict[Who, Client] = field(default_factory=dict)
    user_ids: dict[Who, str] = field(default_factory=dict)
    agent_ids: dict[Who, str] = field(default_factory=dict)
    projects: dict[str, str] = field(default_factory=dict)
    cards: dict[str, str] = field(default_factory=dict)
    mission_id: str = ""
    review_columns: dict[str, str] = field(default_factory=dict)
    """By card id, the column "In review" of its board."""


def size() -> int:
    """How many steps `fill` tells of."""
    cards = [card for project in data.PROJECTS for card in _cards(project)]
    return len(data.PEOPLE) + len(data.AGENTS) + len(data.PROJECTS) + len(cards)


def fill(client: Client, advance: Callable[[str], None]) -> Filled:
    """Make the people (unless `client` is signed in already), the workspace and all that is in it.

    `advance` is told of each step. Raises `ClientError`.
    """
    filled = _account(client)
    advance(data.PEOPLE["noor"][0])
    for who in data.PEOPLE:
        if who not in filled.people:
            _colleague(filled, who)
            advance(data.PEOPLE[who][0])
    for who, agent in data.AGENTS.items():
        _agent(filled, who, agent)
        advance(agent.name)
    for project in data.PROJECTS:
        _project(filled, project, advance)
    _pilotage(filled)
    _mission(filled, "quill", data.WAITING_CARD, data.WAITING_PROMPT)
    filled.mission_id, _ = _mission(filled, "atlas", data.MISSION_CARD, data.MISSION_PROMPT)
    return filled


def begin_run(filled: Filled) -> tuple[str, str]:
    """Ask the agent that the gateway runs itself for something; the mission's id, and the cursor of its beginning.
    Raises `ClientError`."""
    return _mission(filled, "vega", script.RUN_CARD, script.RUN_PROMPT)


def _account(client: Client) -> Filled:
    email = password = ""
    if client.token is None:
        name, local = data.PEOPLE["noor"]
        password = secrets.token_urlsafe(12)
        client, user_id, email = _register(client, name, local, password)
    else:
        user_id = client.graphql(VIEWER)["viewer"]["id"]
    name, slug = data.ORGANIZATION
    organization, organization_slug = _with_free_name(
        lambda free: _create(client, CREATE_ORGANIZATION, {"name": name, "slug": free}), slug
    )
    name, slug = data.WORKSPACE
    values = {"organizationId": organization["organization"]["id"], "name": name, "slug": slug}
    workspace = _create(client, CREATE_WORKSPACE, values)["workspace"]
    filled = Filled(client, organization_slug, workspace["id"], email, password)
    filled.people["noor"] = client
    filled.user_ids["noor"] = user_id
    return filled


def _register(client: Client, name: str, local: str, password: str) -> tuple[Client, str, str]:
    def register(free: str) -> dict[str, Any]:
        return _create(client, REGISTER, {"email": f"{free}@orrery.example", "password": password, "name": name})

    made, local = _with_free_name(register, local)
    return client.signed_in(made["accessToken"]), made["user"]["id"], f"{local}@orrery.example"


def _with_free_name(create: Callable[[str], dict[str, Any]], name: str) -> tuple[dict[str, Any], str]:
    """Create something under `name` or, where that is taken, under one that starts with it."""
    free = name
    for _ in range(TRIES):
        try:
            return create(free), free
        except ClientError as error:
            if error.code != "CONFLICT":
                raise
            free = f"{name}-{secrets.token_hex(3)}"
    raise ClientError(f"No name like {name} is free.")


def _colleague(filled: Filled, who: Who) -> None:
    name, local = data.PEOPLE[who]
    anonymous = Client(filled.client.url)
    person, user_id, email = _register(anonymous, name, local, secrets.token_urlsafe(24))
    invitation = filled.client.graphql(INVITE, {"workspaceId": filled.workspace_id, "input": {"email": email}})
    person.graphql(ACCEPT, {"token": invitation["workspaceMemberInvite"]["token"]})
    filled.people[who] = person
    filled.user_ids[who] = user_id


def _agent(filled: Filled, who: Who, agent: data.Agent) -> None:
    values = {
        "workspaceId": filled.workspace_id,
        "name": agent.name,
        "slug": agent.slug,
        "description": agent.text,
        "autonomyMode": agent.mode,
        "tools": ["*"],
        "model": agent.model,
        "mcpOnly": agent.model is None,
        "policy": {"write_comments": "ALLOW"},  # whatever the mode, the team hears of it
    }
    made = _create(filled.client, CREATE_AGENT, values)
    filled.people[who] = Client(filled.client.url, made["token"])
    filled.user_ids[who] = made["agent"]["user"]["id"]
    filled.agent_ids[who] = made["agent"]["id"]


def _project(filled: Filled, project: data.Project, advance: Callable[[str], None]) -> None:
    client = filled.client
    values = {
        "workspaceId": filled.workspace_id,
        "name": project.name,
        "description": project.text,
        "deadline": _day(project.deadline),
    }
    project_id = _create(client, CREATE_PROJECT, values)["project"]["id"]
    filled.projects[project.name] = project_id
    advance(project.name)
    for who, user_id in filled.user_ids.items():
        if who != "noor":
            client.graphql(ADD_MEMBER, {"projectId": project_id, "input": {"userId": user_id}})
    labels = {
        name: _create(client, CREATE_LABEL, {"projectId": project_id, "name": name, "color": color})["label"]["id"]
        for name, color in project.labels.items()
    }
    _board(filled, project_id, None, labels, project.cards, advance)
    for automation in project.automations:
        made = {"name": automation.name, "trigger": automation.trigger, "action": automation.action}
        _create(client, CREATE_AUTOMATION, {"projectId": project_id, **made})
    for scope in project.scopes:
        values = {
            "projectId": project_id,
            "name": scope.name,
            "description": scope.text,
            "startDate": _day(scope.start),
            "endDate": _day(scope.end),
        }
        scope_id = _create(client, CREATE_SCOPE, values)["scope"]["id"]
        _board(filled, project_id, scope_id, labels, scope.cards, advance)


def _board(
    filled: Filled,
    project_id: str,
    scope_id: str | None,
    labels: Mapping[str, str],
    cards: tuple[data.Card, ...],
    advance: Callable[[str], None],
) -> None:
    columns = []
    for name in data.COLUMNS:
        values = {"projectId": project_id, "name": name, **({"scopeId": scope_id} if scope_id else {})}
        columns.append(_create(filled.client, CREATE_COLUMN, values)["column"]["id"])
    for card in cards:
        given = {
            "projectId": project_id,
            "columnId": columns[card.column],
            "title": card.title,
            "description": card.text,
            "priority": card.priority,
            "assigneeId": filled.user_ids[card.who] if card.who else None,
            "dueDate": None if card.due is None else _day(card.due),
            "labelIds": [labels[name] for name in card.labels],
            "checklist": [{"title": step, "done": place < card.done} for place, step in enumerate(card.steps)],
        }
        card_id = _create(filled.client, CREATE_CARD, given)["card"]["id"]
        filled.cards[card.title] = card_id
        filled.review_columns[card_id] = columns[data.REVIEW]
        for who, text in card.comments:
            _create(filled.people[who], CREATE_COMMENT, {"cardId": card_id, "content": text})
        advance(card.title)


def _pilotage(filled: Filled) -> None:
    def create(mutation: str, values: Mapping[str, Any]) -> dict[str, Any]:
        return _create(filled.client, mutation, {"workspaceId": filled.workspace_id, **values})

    objectives = {
        values["objective"]: create(CREATE_OBJECTIVE, values)["objective"]["id"] for values in data.OBJECTIVES
    }
    for label in data.PRIORITIES:
        create(CREATE_PRIORITY, {"label": label})
    for label, objective, status in data.TODOS:
        create(CREATE_TODO, {"label": label, "objectiveId": objectives[objective], "status": status})
    title, impact = data.DECISION
    create(CREATE_DECISION, {"title": title, "impact": impact})
    create(CREATE_ORDER, {"text": data.ORDER})


def _mission(filled: Filled, who: Who, title: str, prompt: str) -> tuple[str, str]:
    values = {"agentId": filled.agent_ids[who], "cardId": filled.cards[title], "prompt": prompt}
    made = _create(filled.client, CREATE_MISSION, values)
    return made["mission"]["id"], made["cursor"]


def _create(client: Client, mutation: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """The payload of a mutation whose one argument is `input`."""
    [payload] = client.graphql(mutation, {"input": dict(values)}).values()
    made: dict[str, Any] = payload
    return made


def _cards(project: data.Project) -> list[data.Card]:
    return [*project.cards, *(card for scope in project.scopes for card in scope.cards)]


def _day(days: int) -> str:
    today = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return (today + timedelta(days=days)).isoformat()
