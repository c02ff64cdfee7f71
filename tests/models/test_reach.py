"""What the log tells of failures that work in the background lives through."""

import pytest
from pymongo.errors import AutoReconnect, NetworkTimeout, OperationFailure, PyMongoError, ServerSelectionTimeoutError

from models.errors import NotFound, RateLimited, Unavailable
from models.reach import unexpected


def labelled(label: str) -> PyMongoError:
    error = OperationFailure("interrupted")
    error._add_error_label(label)
    return error


@pytest.mark.parametrize(
    "error",
    [
        AutoReconnect("gone"),
        NetworkTimeout("slow"),
        ServerSelectionTimeoutError("away"),
        labelled("TransientTransactionError"),
        labelled("RetryableWriteError"),
        RateLimited("busy"),
        Unavailable(),
    ],
)
def test_what_passes_is_told_in_a_sentence(error: Exception) -> None:
    assert unexpected(error) is None


@pytest.mark.parametrize("error", [KeyError("x"), OperationFailure("no such command"), NotFound("Card")])
def test_what_does_not_pass_is_told_whole(error: Exception) -> None:
    assert unexpected(error) is error
