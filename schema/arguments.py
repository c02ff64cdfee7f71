"""Arguments that many fields share."""

from typing import Annotated

import strawberry


def id_of(noun: str) -> object:
    """The description of an argument that names an object."""
    return strawberry.argument(description=f"The id of {noun}.")


Id = strawberry.ID
CardId = Annotated[strawberry.ID, id_of("the card")]
ProjectId = Annotated[strawberry.ID, id_of("the project")]
ScopeId = Annotated[strawberry.ID, id_of("the scope")]
AttachmentId = Annotated[strawberry.ID, id_of("the attachment")]
DocumentId = Annotated[strawberry.ID, id_of("the document")]
TeamId = Annotated[strawberry.ID, id_of("the team")]
TransferJobId = Annotated[strawberry.ID, id_of("the import")]
WorkspaceId = Annotated[strawberry.ID, id_of("the workspace")]
ProposalId = Annotated[strawberry.ID, id_of("the proposal")]
MissionId = Annotated[strawberry.ID, id_of("the mission")]
QueueId = Annotated[strawberry.ID, id_of("the queue")]
LinkToken = Annotated[str, strawberry.argument(description="The token of the link that came by mail.")]

VALUES = strawberry.argument(description="The values.")
CHANGES = strawberry.argument(description="What changes; what is left out stays as it is.")

Slug = Annotated[str, strawberry.argument(description="The slug.")]
