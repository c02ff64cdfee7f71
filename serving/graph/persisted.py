"""Documents that a request names in place of bringing them, and the rule that a gateway takes no others.

By `documentId` as in GraphQL over HTTP, or by `extensions.persistedQuery` as in Apollo's protocol. The trusted ones are
known from the start. Others become known when a client sends text and hash together; each process keeps its own, for
a client that meets another one is told to send the text once more.
"""

from collections import OrderedDict
from collections.abc import Iterable
from re import compile as pattern
from typing import Any

from models.errors import BadUserInput, Forbidden, OrreryError
from serving.graph.trusted import PREFIX, Trusted, digest_of
from serving.transports.protocol import OperationRequest

MAX_KEPT = 1_000
MAX_KEPT_BYTES = 4_000_000
PROTOCOL_VERSION = 1

_DIGEST = pattern(r"[0-9a-f]{64}")


class PersistedQueryNotFoundError(OrreryError):
    """No document is known by that hash: send its text with it. Clients compare the message too."""

    code = "PERSISTED_QUERY_NOT_FOUND"
    status = 400

    def __init__(self) -> None:
        super().__init__("PersistedQueryNotFound")


class Persisted:
    """Finds the text of a request's document. `only` refuses whatever is not trusted."""

    def __init__(self, trusted: Iterable[Trusted] = (), *, only: bool = False) -> None:
        self.only = only
        self._trusted = {document.digest: document.text for document in trusted}
        self._texts = frozenset(self._trusted.values())
        self._registered: OrderedDict[str, str] = OrderedDict()
        self._bytes = 0

    def text_of(self, request: OperationRequest) -> str:
        """The document to run.

        Raises PersistedQueryNotFoundError, BadUserInput for a malformed id or a hash of something else, Forbidden for a
        document that is not trusted where only those are taken.
        """
        digest = digest_in(request)
        if not request.query:
            return self._known(digest)
        if request.document_id is not None:
            raise BadUserInput("goes without a query: it names the document", field="documentId")
        if digest is not None and digest != digest_of(request.query):
            raise BadUserInput("is not the SHA-256 of the query", field="extensions.persistedQuery.sha256Hash")
        if self.only and request.query not in self._texts:
            raise _untrusted()
        return request.query

    def register(self, request: OperationRequest) -> None:
        """Know a valid document that came with its hash by it from now on."""
        digest = digest_in(request)
        if digest is None or not request.query or self.only or digest in self._trusted or digest in self._registered:
            return
        self._registered[digest] = request.query
        self._bytes += len(request.query)
        while len(self._registered) > MAX_KEPT or self._bytes > MAX_KEPT_BYTES:
            _, forgotten = self._registered.popitem(last=False)
            self._bytes -= len(forgotten)

    def _known(self, digest: str | None) -> str:
        if digest is None:
            raise BadUserInput("must be the text of a GraphQL document", field="query")
        if (text := self._trusted.get(digest)) is not None:
            return text
        if self.only:
            raise _untrusted()
        if (text := self._registered.get(digest)) is None:
            raise PersistedQueryNotFoundError
        self._registered.move_to_end(digest)
        return text


def digest_in(request: OperationRequest) -> str | None:
    """The hash that a request names its document by, in either form; raises BadUserInput for a malformed one."""
    if (named := request.document_id) is not None:
        digest = named.removeprefix(PREFIX)
        if not named.startswith(PREFIX) or not _DIGEST.fullmatch(digest):
            raise BadUserInput(f"must be {PREFIX} and 64 hexadecimal digits in lower case", field="documentId")
        return digest
    return _digest_of_extension((request.extensions or {}).get("persistedQuery"))


def _digest_of_extension(given: Any) -> str | None:
    if given is None:
        return None
    if not isinstance(given, dict) or type(given.get("version")) is not int or given["version"] != PROTOCOL_VERSION:
        raise BadUserInput(f"must have the version {PROTOCOL_VERSION}", field="extensions.persistedQuery")
    digest = given.get("sha256Hash")
    if not isinstance(digest, str) or not _DIGEST.fullmatch(digest):
        raise BadUserInput("must be 64 hexadecimal digits in lower case", field="extensions.persistedQuery.sha256Hash")
    return digest


def _untrusted() -> Forbidden:
    return Forbidden("This gateway takes the documents that it knows, and no others", kind="TRUSTED_DOCUMENTS_ONLY")
