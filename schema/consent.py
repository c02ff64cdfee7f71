"""What a person has agreed to."""

from datetime import datetime

import strawberry

from schema.enums import ConsentSubject


@strawberry.type(description="That the viewer agreed to a version of a text.")
class Consent:
    subject: ConsentSubject = strawberry.field(description="Which text.")
    version: str = strawberry.field(description="Which version of it, as its operator names it.")
    at: datetime = strawberry.field(description="When.")
