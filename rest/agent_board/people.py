"""Finding people."""

from typing import Annotated

from models.limits import Text
from resolvers.kit.input import Input
from resolvers.user.people import MAX_QUERY, MIN_QUERY, find_people
from rest.agent_board.dialect import board_routes
from rest.agent_board.present.organization import PersonData, person
from rest.routing import Call

routes = board_routes("people", "/users", about="Finding people.", place=370)


class PeopleQuery(Input):
    """A part of a name or of an e-mail address."""

    q: Annotated[str, Text(MIN_QUERY, MAX_QUERY)]


@routes.get("/search", "Find people by name or e-mail address", runs=find_people, query=PeopleQuery)
async def find(call: Call) -> list[PersonData]:
    """At most 20 of those who share an organization with the caller."""
    return [person(user) for user in await find_people(call.ctx, call.query(PeopleQuery).q)]
