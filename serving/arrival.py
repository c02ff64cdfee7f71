"""How a request came, made alike whatever stands in front: a proxy that keeps the public path or takes it away, a
client that writes the whole address or a slash too many.

Behind it, a path is the one of the route; links that lead out are made with `Settings.base_url`. No header says where
the gateway is: whoever reaches it could write one.
"""

from urllib.parse import unquote, urlsplit

from starlette.types import ASGIApp, Receive, Scope, Send


class Arrival:
    """Hands on requests and sockets with the path of their route; `base_path` is that of the public address."""

    def __init__(self, app: ASGIApp, base_path: str) -> None:
        self._app = app
        self._base = base_path
        self._below = base_path + "/"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "lifespan":
            path = scope["path"]
            if path[:1] != "/":
                scope = _in_origin_form(scope)
                path = scope["path"]
            local = path
            if self._base and (path == self._base or path.startswith(self._below)):
                local = path[len(self._base) :]
            if local[-1:] == "/" or not local:
                local = local[:-1] or "/"
            if local is not path:
                scope = {**scope, "path": local}
        await self._app(scope, receive, send)


def _in_origin_form(scope: Scope) -> Scope:
    """A request whose target is a whole address (RFC 9112, 3.2.2): its host counts, and the header's does not."""
    try:
        target = urlsplit(scope.get("raw_path", b"").decode("ascii"))
    except ValueError:
        return scope
    if target.scheme not in ("http", "https", "ws", "wss") or not target.netloc:
        return scope
    others = [(name, value) for name, value in scope["headers"] if name != b"host"]
    host = target.netloc.rpartition("@")[2].encode("ascii")
    return {**scope, "path": unquote(target.path) or "/", "headers": [(b"host", host), *others]}
