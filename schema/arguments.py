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
ColumnId = Annotated[strawberry.ID, id_of("the column")]
CustomFieldId = Annotated[strawberry.ID, id_of("the custom field")]
LabelId = Annotated[strawberry.ID, id_of("the label")]
CommentId = Annotated[strawberry.ID, id_of("the comment")]
AttachmentId = Annotated[strawberry.ID, id_of("the attachment")]
DocumentId = Annotated[strawberry.ID, id_of("the document")]
VersionId = Annotated[strawberry.ID, id_of("the version")]
TemplateId = Annotated[strawberry.ID, id_of("the template")]
RelationId = Annotated[strawberry.ID, id_of("the relation")]
TransferJobId = Annotated[strawberry.ID, id_of("the import")]
UserId = Annotated[strawberry.ID, id_of("the user")]
ItemId = Annotated[strawberry.ID, id_of("the checklist item")]
SessionId = Annotated[strawberry.ID, id_of("the session")]
TokenId = Annotated[strawberry.ID, id_of("the token")]
OrganizationId = Annotated[strawberry.ID, id_of("the organization")]
WorkspaceId = Annotated[strawberry.ID, id_of("the workspace")]
AgentId = Annotated[strawberry.ID, id_of("the agent")]
MissionId = Annotated[strawberry.ID, id_of("the mission")]
InvitationId = Annotated[strawberry.ID, id_of("the invitation")]
NotificationId = Annotated[strawberry.ID, id_of("the notification")]
LinkToken = Annotated[str, strawberry.argument(description="The token of the link that came by mail.")]

VALUES = strawberry.argument(description="The values.")
CHANGES = strawberry.argument(description="What changes; what is left out stays as it is.")
