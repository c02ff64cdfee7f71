"""The installation as a whole."""

from datetime import datetime

import strawberry

from models.enums import ServerRole
from models.installation_enums import AuthProvider, GatewayPart, LogLevel, PartStatus


@strawberry.type(description="What everybody may know of the installation.")
class Installation:
    has_people: bool = strawberry.field(description="Whether anybody has an account, so that nobody can set it up.")
    auth_enabled: bool = strawberry.field(description="Whether the agent board's interface takes a credential.")
    oidc_enabled: bool = strawberry.field(description="Whether people may sign in with an identity provider.")


@strawberry.type(description="Something that the gateway works with.")
class HealthPart:
    name: GatewayPart = strawberry.field(description="What it is.")
    status: PartStatus = strawberry.field(description="Whether it is there.")


@strawberry.type(description="What the gateway runs with, and how much it takes.")
class HealthMachine:
    cpus: int = strawberry.field(description="Processors of the machine.")
    peak_memory_bytes: float = strawberry.field(description="The most that this process has had in memory.")
    disk_bytes: float = strawberry.field(description="The size of the disk with the data folder.")
    free_disk_bytes: float = strawberry.field(description="What is free of that.")
    registrations_per_hour: int = strawberry.field(description="Accounts that one address may make in an hour.")
    storage_quota_bytes: float = strawberry.field(description="What the files of a workspace may take.")


@strawberry.type(description="How the gateway is.")
class Health:
    version: str = strawberry.field(description="The version of the product.")
    uptime_seconds: int = strawberry.field(description="For how long this process runs.")
    parts: list[HealthPart] = strawberry.field(description="What it works with.")
    machine: HealthMachine | None = strawberry.field(
        description="What it runs with, for whoever runs the installation; null for all others."
    )


@strawberry.type(description="Somebody's account, as whoever manages accounts sees it: nothing of a tenant.")
class Person:
    id: strawberry.ID = strawberry.field(description="The id.")
    email: str = strawberry.field(description="The e-mail address.")
    name: str | None = strawberry.field(description="The name to show.")
    server_role: ServerRole = strawberry.field(description="What the person may do with the installation.")
    auth_provider: AuthProvider = strawberry.field(description="What says who the person is.")
    must_change_password: bool = strawberry.field(description="Whether somebody else has chosen the password.")
    avatar_url: str | None = strawberry.field(
        description="Where the picture is, an address on this server; null without one."
    )
    created_at: datetime = strawberry.field(description="When the account was made.")


@strawberry.type(description="Some accounts of people, the oldest first.")
class People:
    nodes: list[Person] = strawberry.field(description="The accounts.")
    total_count: int = strawberry.field(description="How many there are.")


@strawberry.type(description="Where the log of the gateway is sent.")
class LogExport:
    enabled: bool = strawberry.field(description="Whether it is sent.")
    endpoint: str | None = strawberry.field(description="The address of the collector; null for nowhere.")
    level: LogLevel = strawberry.field(description="The least level that is sent.")
    header_names: list[str] = strawberry.field(
        description="The names of the headers of each request, whose values are not shown."
    )


@strawberry.type(description="The identity provider by which people may sign in.")
class Oidc:
    configured: bool = strawberry.field(description="Whether there is one.")
    issuer_url: str | None = strawberry.field(description="What it calls itself; null for none.")
    client_id: str | None = strawberry.field(description="What the gateway is called there; null for none.")
