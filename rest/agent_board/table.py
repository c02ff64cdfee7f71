"""Every route of the agent board's interface, below its prefix, in the order in which the document shows them."""

from rest.agent_board import (
    admin_users,
    attachments,
    auth,
    backups,
    boards,
    cards,
    columns,
    credentials,
    export,
    filesystem,
    flat_cards,
    health,
    installation_settings,
    organizations,
    people,
    project_members,
    projects,
    settings,
    templates,
)
from rest.routing import Route

TAGS = {
    f"Agent board: {name}": text
    for name, text in {
        "health": "Whether the gateway answers, and how one signs in.",
        "auth": "Setting up, registering and signing in.",
        "admin users": "The accounts of people, for whoever manages them.",
        "organizations": "The top of the tenancy; each has a workspace that its projects go to.",
        "organization members": "Who belongs to an organization.",
        "projects": "Projects of the caller's organizations.",
        "project members": "Who is a member of a project, or invited to it.",
        "boards": "Boards of a project: its scopes, and the columns outside of them.",
        "columns": "The stages of boards.",
        "cards": "The work items.",
        "attachments": "Files on cards.",
        "cards from outside": "Cards without their projects in the address.",
        "board templates": "What boards begin with.",
        "filesystem": "Folders of the machine, for the folders of projects.",
        "credentials": "What models are asked with: for admins of organizations.",
        "user settings": "What the caller has set.",
        "panel states": "How the caller has left the panels of cards.",
        "installation": "What is set for the installation, by whoever runs it.",
        "logs": "What the gateway says of itself.",
        "backups": "The whole installation in files, made while it serves.",
        "people": "Finding people.",
        "live": "What happens, as it happens.",
    }.items()
}

_PARTS = (
    health.routes,
    auth.routes,
    admin_users.routes,
    organizations.routes,
    organizations.members,
    projects.routes,
    project_members.routes,
    boards.routes,
    columns.routes,
    cards.routes,
    attachments.routes,
    attachments.files,
    flat_cards.routes,
    credentials.routes,
    credentials.assigned,
    templates.routes,
    filesystem.routes,
    settings.user,
    settings.shortcuts,
    settings.told,
    settings.panels,
    installation_settings.auth,
    installation_settings.logs,
    installation_settings.log_export,
    export.routes,
    backups.routes,
    people.routes,
)

TABLE: tuple[Route, ...] = tuple(route for part in _PARTS for route in part.table)
