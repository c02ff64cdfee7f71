"""What parameters of addresses share, whichever interface takes them."""

from typing import Any

from pydantic import BeforeValidator


def at_most(maximum: int) -> BeforeValidator:
    """Annotates how many a query asks for: whoever asks for more than are sent is sent so many."""

    def check(value: Any) -> Any:
        return maximum if isinstance(value, str) and value.isdecimal() and int(value) > maximum else value

    return BeforeValidator(check)
