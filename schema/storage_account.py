"""What a workspace has stored."""

import strawberry


@strawberry.type(description="What a workspace has stored, in bytes. What would exceed its quota is refused.")
class StorageUsage:
    quota: float = strawberry.field(description="How much it may store.")
    used: float = strawberry.field(description="How much it has stored in all.")
    attachments: float = strawberry.field(description="Files on cards.")
    documents: float = strawberry.field(description="Versions of documents.")
    files: float = strawberry.field(description="Texts of its files.")
    imports: float = strawberry.field(description="Files of imports that have not ended.")
    reports: float = strawberry.field(description="What agents reported on their missions.")
