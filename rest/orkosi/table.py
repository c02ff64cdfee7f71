"""Every route of Orkosi's interface, in the order in which the document shows them."""

from rest.orkosi import (
    activity_log,
    agents,
    api_keys,
    auth,
    automations,
    backups,
    billing,
    billing_overview,
    changelog,
    credentials,
    discovery_engines,
    files,
    integrations,
    notifications,
    organizations,
    probes,
    products,
    public_agents,
    public_tasks,
    rules,
    search,
    task_queue,
    tasks,
    teams,
    tokens,
    top_ups,
    users,
)
from rest.routing import Route

BASE = "/api"
"""Below the prefix of the interface."""
SCOPED = "/w/{orgSlug}/{wsSlug}" + BASE
"""The same, for requests about one workspace."""

TAGS = {
    f"Orkosi: {name}": text
    for name, text in {
        "agent runs": "Whether an agent need begin to work.",
        "agent templates": "What new agents can begin with.",
        "agents": "The agents of the workspace: set up, stopped and started.",
        "api keys": "What programs of an organization sign in with: for its admins, signed in.",
        "activity log": "What happened in a workspace, and what is recorded of it.",
        "auth": "Registering, signing in, and what a session goes on by.",
        "automations": "What starts the agents of the workspace on their machines, as it is recorded.",
        "backups": "Backups of the whole installation, for whoever runs it.",
        "billing overview": "What the organization is paid, and what it spends.",
        "billing": "What is paid for the organization, and what its tier holds.",
        "changelog": "What tasks came to.",
        "credentials": "What the organization signs in with to others.",
        "discovery engines": "What has agents look for work by itself, and what comes of it.",
        "files": "Texts that a workspace keeps by their paths.",
        "integrations": "What the organization can be connected with.",
        "health": "Whether the gateway answers, and what it is made of.",
        "products": "Products, which are projects, by their slugs.",
        "public agents": "Agents, for programs from outside.",
        "public tasks": "Tasks for programs, in the words of the public part.",
        "organizations": "The top of the tenancy: its members, and the invitations to it.",
        "notifications": "The caller's own notifications, and notices to all people of a workspace.",
        "queues": "The queues of jobs, as clients of BullMQ fill them.",
        "rules": "What agents always keep to.",
        "search": "One search over tasks, products and agents.",
        "task queue": "Jobs for workers, who claim them and say what came of them.",
        "tasks": "Tasks, which are cards, by numbers and words.",
        "tokens": "The tokens that an organization has left, and its ledger.",
        "top-ups": "What is bought by itself once little is left.",
        "users": "The people of an organization.",
        "teams": "Teams of an organization, their members, and invitations to them.",
    }.items()
}

_PARTS = (
    probes.routes,
    auth.routes,
    organizations.routes,
    backups.routes,
    files.routes,
    rules.routes,
    api_keys.routes,
    agents.routes,
    agents.runs,
    automations.routes,
    public_agents.routes,
    public_agents.templates,
    users.routes,
    search.routes,
    changelog.routes,
    tasks.routes,
    products.routes,
    public_tasks.routes,
    teams.routes,
    notifications.routes,
    activity_log.routes,
    credentials.routes,
    task_queue.routes,
    task_queue.queues,
    integrations.routes,
    tokens.routes,
    top_ups.routes,
    billing_overview.routes,
    discovery_engines.routes,
    billing.routes,
)

TABLE: tuple[Route, ...] = tuple(route for part in _PARTS for route in part.table)
