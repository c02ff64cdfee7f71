"""Connections that are renewed for as long as they live cost the guard no more than those that are not."""

import gc
from dataclasses import replace

import pytest

from models.ids import Kind, new_id
from realtime.guard import Guard
from tests.realtime.test_guard import sign_in, watch

pytestmark = pytest.mark.usefixtures("database")


async def test_a_connection_that_is_renewed_again_and_again_holds_no_trace_of_it() -> None:
    # Given a connection with a subscription from its beginning, which was renewed a thousand times
    guard = Guard()
    first = await sign_in()
    reader, _ = watch(guard, first)
    subject = first
    for _ in range(1_000):
        renewed = replace(first, credential_id=new_id(Kind.SESSION))
        guard.renew(subject, renewed)
        subject = renewed
    gc.collect()

    # Then what was in between is forgotten, and what the subscription opens stands on the last credential
    assert guard.renewals <= 2
    last = await sign_in(first.user_id)
    guard.renew(subject, last)
    again, opened = watch(guard, first)
    assert opened.subject is last
    assert (reader.ended, again.ended) == ([], [])

    # And nothing is left when the connection has gone
    del first, subject, renewed
    gc.collect()
    assert guard.renewals == 0
