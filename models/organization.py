"""Organizations and their members: the top of the tenancy."""

from datetime import datetime, timedelta
from typing import Annotated, Any

from beanie import PydanticObjectId
from pydantic import Field
from pymongo import ASCENDING, IndexModel

from models.base import Stored, UpdatedAt, id_factory, kind, utc_now
from models.billing import BillingSubscription, PlanLimits
from models.enums import Role, Told
from models.facts import GRAPH, Facts
from models.ids import Kind
from models.number import DrawnNumber, drawn_index
from models.records import OrganizationMemberRecord, OrganizationRecord

RELAY_THRESHOLD = 0.8
KEPT = timedelta(days=30)
"""How long an organization that was deleted can be restored, where that was asked for."""


class RelayMode(Told):
    """Whether a mission whose context grows long is handed over to a new one."""

    OFF = "off", "Never."
    MANUAL = "manual", "When somebody asks for it."
    AUTO = "auto", "When the context reaches the threshold, too."


class Persona(Told):
    """What a member is called where there are more words for roles. It allows nothing that the role does not."""

    EDITOR = "editor", "A member, who writes."
    BUILDER = "builder", "A member, who builds."
    DEMO = "demo", "A viewer, who looks around."

    @property
    def role(self) -> Role:
        """The role that whoever is called so has."""
        return Role.VIEWER if self is Persona.DEMO else Role.MEMBER


@kind(0x21)
class Organization(Stored[OrganizationRecord]):
    """An organization. `slug` is unique in the whole installation. `made` counts what its limits are asked for, so that
    no two changes find the last room. `default_credential_id` is what models are asked with where
    a card and its project name none. Whoever is made a member of it joins `default_workspace_id`, while that is there.

    One with `deleted_at` is behind no door any more: the memberships of it and of its workspaces are kept here as they
    were, and its slug is nobody's (`resolvers.organization.kept`).
    """

    added = {"my_role": Role}

    id: PydanticObjectId = Field(default_factory=id_factory(Kind.ORGANIZATION))
    name: Annotated[str, Facts("The name.")]
    slug: Annotated[str, Facts("The name in addresses, unique in this installation.")]
    number: DrawnNumber = None
    owner_id: Annotated[PydanticObjectId, Facts("Whom it belongs to.", refers=Kind.USER)]
    plan: Annotated[str | None, Facts("The plan that it is on, by its slug; null for none.", GRAPH)] = None
    limits: Annotated[PlanLimits, Facts("How much it may have, since it took its plan.", GRAPH)] = Field(
        default_factory=PlanLimits
    )
    subscription: Annotated[BillingSubscription | None, Facts("What is paid for it; null for nothing ever.", GRAPH)] = (
        None
    )
    default_credential_id: PydanticObjectId | None = None
    relay_mode: Annotated[
        RelayMode,
        Facts("Whether missions whose context grows long are handed over to new ones.", GRAPH, late=True),
    ] = RelayMode.MANUAL
    relay_threshold: Annotated[
        float, Facts("How full of its model's context a mission is then, 0 to 1.", GRAPH, late=True)
    ] = RELAY_THRESHOLD
    avatar_url: Annotated[str | None, Facts("The address of its picture; null for none.", GRAPH)] = None
    default_workspace_id: PydanticObjectId | None = None
    made: int = 0
    deleted_at: datetime | None = None
    kept_members: list[Any] = Field(default_factory=list)
    kept_workspace_members: list[Any] = Field(default_factory=list)
    updated_at: UpdatedAt = Field(default_factory=utc_now)

    class Settings:
        name = "organizations"
        indexes = [
            IndexModel([("slug", ASCENDING)], unique=True),
            IndexModel([("owner_id", ASCENDING), ("deleted_at", ASCENDING)]),
            drawn_index(),
        ]


@kind(0x22)
class OrganizationMember(Stored[OrganizationMemberRecord]):
    """A person's membership of an organization; exactly one member is its owner."""

    added = {"user": Any}

    id: PydanticObjectId = Field(default_factory=id_factory(Kind.ORGANIZATION_MEMBER))
    organization_id: PydanticObjectId
    user_id: Annotated[PydanticObjectId, Facts("Who it is.", refers=Kind.USER)]
    role: Annotated[Role, Facts("What the member may do.")]
    persona: Annotated[
        Persona | None,
        Facts("What the member is called where there are more words for roles; null for the role's.", GRAPH, late=True),
    ] = None

    class Settings:
        name = "organization_members"
        indexes = [
            IndexModel([("organization_id", ASCENDING), ("user_id", ASCENDING)], unique=True),
            IndexModel([("organization_id", ASCENDING), ("_id", ASCENDING)]),
            IndexModel([("user_id", ASCENDING), ("_id", ASCENDING)]),
        ]
