"""A token in a place of its own, for clients that send it so."""

from starlette.requests import Request


def with_token(request: Request, header: str, parameter: str | None) -> Request:
    """The request with the token of a header, or of a parameter of the address, in the place of `Authorization`, and
    without cookies."""
    headers = [(name, value) for name, value in request.scope["headers"] if name != b"cookie"]
    sent = dict(reversed(headers))
    key = sent.get(header.encode())
    if key is None and parameter is not None and parameter in request.query_params:
        key = request.query_params[parameter].encode("latin-1", "replace")
    if key is not None and b"authorization" not in sent:
        headers.append((b"authorization", b"Bearer " + key))
    # The same scope: those in front look into it afterwards.
    request.scope["headers"] = headers
    return Request(request.scope, request.receive)
