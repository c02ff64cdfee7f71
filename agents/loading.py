"""Where the first request that needs the SDK of MCP imports it: in a thread, as that takes a while."""

from models.pool import Pool

LOADING = Pool("first requests of MCP", threads=2, at_once=1, of_one=20, in_all=100)
