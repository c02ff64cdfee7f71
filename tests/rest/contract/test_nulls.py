"""A field that is sent as null is taken or refused, and never a failure of the gateway's own."""

from rest.app import TABLE
from tests.rest.contract.stage import Stage
from tests.world.samples import BODIES

CHANGES = ("PATCH", "PUT")


async def test_every_field_of_what_changes_may_be_sent_as_null(stage: Stage) -> None:
    # Given
    bodies = [
        (route, field.alias or name)
        for route in TABLE
        if route.method in CHANGES and route.body is not None and route.file is None
        for name, field in route.body.model_fields.items()
        if name not in route.given
    ]
    assert len(bodies) > 80

    # When
    failed = {}
    for route, name in bodies:
        body = BODIES[route.method, route.path]
        answer = await stage.send(route.method, route.path, json={**(body(stage.ids) if body else {}), name: None})
        if answer.status_code >= 500:
            failed[f"{route.method} {route.path}", name] = answer.text

    # Then
    assert failed == {}
