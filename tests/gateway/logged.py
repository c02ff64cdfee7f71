"""A line in the files that a gateway writes its log to."""

import logging

from gateway.log_file import LogFile
from gateway.log_text import entry_of
from resolvers.kit.context import Services


def log_to_file(services: Services, message: str) -> None:
    """Write a warning there, as whatever serves would."""
    assert services.log_dir is not None
    record = logging.LogRecord("orrery.trial", logging.WARNING, "f.py", 1, message, (), None)
    LogFile(services.log_dir).write(entry_of(record))
