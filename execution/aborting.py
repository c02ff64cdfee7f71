"""The abort signal of a request."""

from typing import Any

from graphql.execution.executor import Executor


class Aborting:
    """The abort signal of a request, as what may end its execution."""

    def __init__(self, executor: Executor[Any]) -> None:
        assert executor.abort_signal is not None
        self._executor = executor
        self._signal = executor.abort_signal

    @property
    def error(self) -> Exception | None:
        """Why the execution ended, once it has."""
        return self._executor.abort_error() if self._signal.aborted else None

    async def wait(self) -> None:
        """Return once it has ended."""
        await self._signal.wait()
