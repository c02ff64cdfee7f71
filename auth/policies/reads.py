"""Which policy reading an object asks, whichever way it is reached: its own field, `node`, a route, a stream."""

from collections.abc import Mapping

from auth.policies import delivery, document, mission, organization, workspace
from auth.policies.permission import Permission
from models.ids import Kind

READS: Mapping[Kind, Permission] = {
    Kind.ORGANIZATION: organization.READ,
    Kind.WORKSPACE: workspace.READ,
    Kind.INVITATION: workspace.MANAGE_MEMBERS,
    **dict.fromkeys(
        (
            Kind.PROJECT,
            Kind.SCOPE,
            Kind.COLUMN,
            Kind.LABEL,
            Kind.CUSTOM_FIELD,
            Kind.TEMPLATE,
            Kind.TRANSFER_JOB,
            Kind.CARD,
            Kind.COMMENT,
            Kind.RELATION,
            Kind.ATTACHMENT,
            Kind.ACTIVITY,
        ),
        delivery.READ,
    ),
    Kind.DOCUMENT: document.READ,
    Kind.DOCUMENT_VERSION: document.READ,
    Kind.AGENT: mission.READ,
    Kind.MISSION: mission.READ,
    Kind.MISSION_ACTIVITY: mission.READ,
}
"""By the kind of a tenant's object. Whoever may not read an object may do nothing else with it."""
