"""What a request to a model is counted for before it is made."""

import pytest

from models.language_model import LanguageModel, Price


@pytest.mark.parametrize(("length", "room"), [(500, 128_000), (200_000, 128_000)], ids=["short", "long"])
def test_each_byte_may_be_a_token_as_far_as_the_model_takes_them(length: int, room: int) -> None:
    # Not at the top: they take seconds to load.
    from pydantic_ai.messages import ModelRequest
    from pydantic_ai.models import ModelRequestParameters

    from agents.runtime.child.turn import worst_of

    spec = LanguageModel("scripted", "openai", "scripted", context=room, max_output=100, price=Price(1.0, 2.0, 0.5))

    worst = worst_of(spec, [ModelRequest.user_text_prompt("x" * length)], ModelRequestParameters())

    tokens = worst.tokens - spec.max_output
    assert min(length, room) <= tokens <= room
    assert worst.cost == tokens + 200
