"""The access log (`orrery serve --access-log`): uvicorn's, that never holds a token."""

import logging
from collections.abc import Sequence

from serving.masked import masked

PATH = 2
"""The place of the path among the arguments of a line of uvicorn."""


def hide_queries(record: logging.LogRecord) -> bool:
    """The same for the lines of WebSockets, whose paths stand elsewhere: that of the agent board takes a token."""
    if isinstance(record.args, Sequence):
        record.args = tuple(
            masked(argument) if isinstance(argument, str) and argument.startswith("/") else argument
            for argument in record.args
        )
    return True


def hide_tokens(record: logging.LogRecord) -> bool:
    """A filter that lets every line pass, with its path masked."""
    if isinstance(record.args, Sequence) and len(record.args) > PATH:
        record.args = tuple(
            masked(str(argument)) if place == PATH else argument for place, argument in enumerate(record.args)
        )
    return True
