"""The installation as a whole."""

import strawberry


@strawberry.type(description="What everybody may know of the installation.")
class Installation:
    has_people: bool = strawberry.field(description="Whether anybody has an account, so that nobody can set it up.")
