"""Connections that are renewed for as long as they live cost no more than those that are not."""

import gc
from dataclasses import replace

import pytest

from auth.subject import Renewals, Subject
from models.ids import Kind, new_id
from realtime.guard import Guard
from tests.realtime.test_guard import sign_in, watch

pytestmark = pytest.mark.usefixtures("database")


def _subjects() -> int:
    gc.collect()
    return sum(isinstance(alive, Subject) for alive in gc.get_objects())


async def test_a_connection_that_is_renewed_again_and_again_holds_no_trace_of_it() -> None:
    # Given a connection with a subscription from its beginning, which was renewed a thousand times
    guard = Guard()
    first = replace(await sign_in(), renewals=Renewals())
    reader, _ = watch(guard, first)
    subject, before = first, _subjects()
    for _ in range(1_000):
        subject = guard.renew(subject, replace(first, credential_id=new_id(Kind.SESSION)))

    # Then what was in between is forgotten, and what the subscription opens stands on the last credential
    assert _subjects() <= before + 1
    last = guard.renew(subject, await sign_in(first.user_id))
    again, opened = watch(guard, first)
    assert opened.subject is last
    assert (reader.ended, again.ended) == ([], [])
