"""Documents that are kept take bounded memory, whoever sends them."""

import gc
import tracemalloc

from graphql import DocumentNode

from gateway.graph import served_graph
from serving.graph import documents
from serving.graph.document_limits import DEFAULTS
from serving.graph.documents import Documents

MOST = 200_000_000


def large(number: int) -> str:
    """A document that may run, of some size, and no other one's."""
    fields = " ".join(f"a{number}x{place}: id" for place in range(480))
    return f"query {{ viewer {{ {fields} }} }}"


async def test_what_is_kept_of_documents_that_may_run_is_bounded() -> None:
    # Given one that was read, so that all is there that is made once
    kept = Documents(served_graph(), DEFAULTS, hide_suggestions=True)
    assert kept.prepare(large(0)).errors == []

    # When some more are
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        texts = [large(number) for number in range(1, 11)]
        for text in texts:
            assert kept.prepare(text).errors == []
        gc.collect()
        taken = tracemalloc.get_traced_memory()[0] - before
    finally:
        tracemalloc.stop()

    # Then as many as are kept of them take no more than is bearable
    assert taken / sum(map(len, texts)) * documents.MAX_KEPT_BYTES < MOST


async def test_of_a_document_that_is_refused_only_the_refusal_is_kept() -> None:
    # Given documents that break a limit, and ones that are not valid
    kept = Documents(served_graph(), DEFAULTS, hide_suggestions=True)
    gc.collect()
    before = sum(isinstance(one, DocumentNode) for one in gc.get_objects())

    # When they are refused
    long = [" ".join(f"b{one}z{place}" for place in range(2_100)) for one in range(3)]
    refused = [kept.prepare(f"{{ {fields} }}") for fields in long]
    refused += [kept.prepare(f"{{ viewer {{ nothing{one} }} }}") for one in range(3)]

    # Then the reasons are kept, and not what was read of them
    gc.collect()
    assert sum(isinstance(one, DocumentNode) for one in gc.get_objects()) <= before
    assert [one.errors[0]["extensions"]["kind"] for one in refused] == ["LIMIT"] * 3 + ["VALIDATION"] * 3
    assert all(one.errors[0]["locations"] for one in refused[3:])
