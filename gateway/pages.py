"""The pages for a browser: GraphiQL and the REST reference, as `web/` builds them with Vite.

Everything they load comes from this server; the policy below holds a browser to it.
"""

import os
from html import escape
from mimetypes import guess_type
from pathlib import Path

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import PathLike, StaticFiles
from starlette.types import Scope

from serving.compressed import CompressedFile, add_vary, takes_gzip

HERE = Path(__file__).resolve().parent
LINKS = HERE / "links"

CONTENT_SECURITY_POLICY = "; ".join(
    [
        "default-src 'none'",
        "script-src 'self'",
        # The editor writes its themes and positions as style elements at run time.
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data:",
        "font-src 'self' data:",
        "connect-src 'self'",
        "worker-src 'self'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    ]
)

SECURITY_HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
}

COMPRESSED = {"text/javascript", "text/css", "image/svg+xml", "application/json"}

MISSING = """<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="color-scheme" content="light dark"><title>Orrery · {title}</title>
<style>body {{ max-width: 42rem; margin: 4rem auto; padding: 0 1rem; font: 1rem/1.6 system-ui, sans-serif }}</style>
</head>
<body>
<h1>{title} is not built yet</h1>
<p>This page is built from npm packages, which needs <strong>Node.js 20.19 or newer</strong>.
Install it, then run <code>make run</code> again, or <code>make web</code> beside a running server,
and load this page anew.</p>
<p>Everything else runs without it:</p>
<ul>
<li>GraphQL: <code>POST {base}/graphql</code>, subscriptions over WebSocket or server-sent events at the same
address</li>
<li>REST: <a href="{base}/api/docs/openapi.json">the OpenAPI document</a></li>
<li>State: <a href="{base}/health">/health</a>, <a href="{base}/ready">/ready</a>,
<a href="{base}/version">/version</a></li>
</ul>
</body>
</html>
"""


class HashedFiles(StaticFiles):
    """Files whose names carry a hash of their content, so that a browser may keep them for good."""

    def file_response(
        self, full_path: PathLike, stat_result: os.stat_result, scope: Scope, status_code: int = 200
    ) -> Response:
        headers = Headers(scope=scope)
        media_type = guess_type(full_path)[0] or ""
        response: Response
        if media_type in COMPRESSED and takes_gzip(headers) and "range" not in headers:
            response = CompressedFile(Path(full_path), stat_result.st_mtime, media_type)
        else:
            response = super().file_response(full_path, stat_result, scope, status_code)
        response.headers.update({**SECURITY_HEADERS, "Cache-Control": "public, max-age=31536000, immutable"})
        add_vary(response.headers)
        return response

    async def check_config(self) -> None:
        # The folder may be built while the server runs; until then its files are simply not found.
        return


def dist_folder() -> Path:
    """The folder of the built pages: `web/dist` in a repository, `gateway/_web` where installed.

    The folder need not exist; the pages then say what is missing.
    """
    web = HERE.parent / "web"
    return web / "dist" if (web / "package.json").is_file() else HERE / "_web"


def page_routes(dist: Path, base_path: str) -> list[BaseRoute]:
    """The routes of the files that the pages load, and of those pages that need no build; `base_path` is that of the
    public address, empty or such as `/orrery`."""
    files = HashedFiles(directory=dist / "assets", check_dir=False)
    return [Mount("/_web/assets", app=files, name="web-assets"), *_link_routes(base_path)]


def _link_routes(base_path: str) -> list[BaseRoute]:
    """What the links of mails open: a page without any build, so that a link works wherever the gateway runs."""
    headers = {**SECURITY_HEADERS, "Cache-Control": "no-store", "X-Robots-Tag": "noindex"}

    html = (LINKS / "page.html").read_text(encoding="utf-8").replace('src="/', f'src="{base_path}/')

    async def page(_: Request) -> Response:
        return HTMLResponse(html, headers=headers)

    async def script(_: Request) -> Response:
        return FileResponse(LINKS / "page.js", media_type="text/javascript", headers=headers)

    # The last one is what invitations led to before; they are good for a week.
    paths = ("/account/verify-email", "/account/reset-password", "/invitations/accept", "/invitations/{token}/accept")
    return [*(Route(path, page, methods=["GET"]) for path in paths), Route("/account/page.js", script)]


def graphiql_page(dist: Path, base_path: str) -> Response:
    """GraphiQL as built in `dist`, or a page that says what is missing."""
    return _page(dist / "graphiql.html", base_path, title="GraphiQL")


def reference_page(dist: Path, base_path: str) -> Response:
    """The REST reference as built in `dist`, or a page that says what is missing."""
    return _page(dist / "reference.html", base_path, title="The REST reference")


def _page(built: Path, base_path: str, *, title: str) -> Response:
    try:
        # As built, a page finds its files beside itself; it is served elsewhere.
        content = built.read_text(encoding="utf-8").replace('="./assets/', f'="{base_path}/_web/assets/')
    except (FileNotFoundError, NotADirectoryError):
        content = MISSING.format(title=escape(title), base=base_path)
    return HTMLResponse(content, headers={**SECURITY_HEADERS, "Cache-Control": "no-cache"})
