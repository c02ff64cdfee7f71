"""What is written down of a request: never a token."""

import logging
import re

import pytest
from starlette.requests import Request
from starlette.routing import Route

from gateway.pages import page_routes
from rest.app import TABLE
from serving.access_log import hide_queries, hide_tokens
from serving.errors import answer_unexpected
from serving.masked import masked

SECRET = "s3cret-t0ken"


def paths_with_a_token() -> list[str]:
    """Every path that any route declares with a token in it."""
    from gateway.pages import dist_folder

    pages = [route.path for route in page_routes(dist_folder(), "") if isinstance(route, Route)]
    return sorted({path for path in (*pages, *(route.path for route in TABLE)) if "{token}" in path})


@pytest.mark.parametrize("path", paths_with_a_token())
def test_no_path_is_written_down_with_its_token(path: str, caplog: pytest.LogCaptureFixture) -> None:
    log = logging.getLogger("test.access")
    log.addFilter(hide_tokens)
    sent = re.sub(r"\{\w+\}", SECRET, path)

    with caplog.at_level(logging.INFO):
        log.info('%s - "%s %s HTTP/%s" %d', "127.0.0.1:1", "GET", f"{sent}?signature={SECRET}", "1.1", 200)
        answer_unexpected(Request({"type": "http", "method": "GET", "path": sent, "headers": []}), ValueError("no"))

    assert len(caplog.records) == 2
    assert SECRET not in caplog.text


def test_some_path_has_a_token() -> None:
    assert len(paths_with_a_token()) == 3


def test_what_is_no_token_is_written_down() -> None:
    path = "/orgs/acme/workspaces/eng/invitations/0123456789ab0123456789ab/resend"

    assert masked(path) == path


@pytest.mark.parametrize("outcome", ["[accepted]", "403"])
def test_no_line_of_a_websocket_has_what_its_address_asked_for(outcome: str, caplog: pytest.LogCaptureFixture) -> None:
    log = logging.getLogger("test.sockets")
    log.addFilter(hide_queries)

    with caplog.at_level(logging.INFO):
        log.info('%s - "WebSocket %s" ' + outcome, "127.0.0.1:1", f"/api/ws?token={SECRET}")

    assert "/api/ws?" in caplog.text
    assert SECRET not in caplog.text
