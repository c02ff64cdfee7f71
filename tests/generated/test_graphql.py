"""Requests that are generated from the GraphQL schema: whatever is asked, the response is one that it allows."""

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from resolvers.kit.operation import CATALOGUE, Caller
from tests.generated.conformance import response_problems
from tests.generated.effort import tries
from tests.generated.graph_requests import GRAPH, ROOTS, graph_requests
from tests.generated.stage import Stage

TAKES_AWAY = ("Delete", "Remove", "Revoke", "Unlink", "Convert", "Cancel", "Complete", "Fail", "Accept", "Register")
LAST = ("card", "column", "agent", "document", "project", "workspace", "organization")
"""What takes others with it, the largest at the end."""
OWN_ACCOUNT = ("account", "auth", "consent", "email", "password", "session", "twoFactor", "user")
"""What is called as somebody who is not needed afterwards."""


def _last_what_takes_away(name: str) -> tuple[bool, int, str]:
    """Order fields so that what one takes away is missed by none that follows."""
    takes = name.endswith(TAKES_AWAY)
    noun = next((one for one in LAST if name in (f"{one}Delete", f"{one}Remove")), None)
    return takes, LAST.index(noun) + 1 if noun else 0, name


IN_ORDER = sorted(ROOTS, key=_last_what_takes_away)


@pytest.mark.parametrize("name", IN_ORDER)
@tries(4)
@given(data=st.data())
async def test_whatever_is_asked_the_response_is_one_that_the_schema_allows(
    name: str, stage: Stage, data: st.DataObject
) -> None:
    # Given
    request = data.draw(graph_requests(name, stage), label="request")
    client = await _caller(name, stage)

    # When
    answer = await client.post("/graphql", **request.body())

    # Then
    stage.note(answer)
    assert answer.status_code < 500, answer.text
    assert answer.headers["content-type"].partition(";")[0] == "application/json"
    assert response_problems(GRAPH, request.document, answer.json()) == []
    assert ("data" in answer.json()) is (answer.status_code == 200)


async def _caller(name: str, stage: Stage) -> httpx.AsyncClient:
    operation = CATALOGUE.get(name)
    if operation is not None and operation.caller is Caller.AGENT:
        return stage.client("other agent")
    if name.startswith(OWN_ACCOUNT):
        return await stage.guest()
    return stage.client("owner")
