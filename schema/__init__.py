"""The graph: Strawberry types, inputs, payloads and subscriptions, one module a noun; shape only, no logic."""

import schema.enums  # noqa: F401  (before Strawberry meets any, their values are described)
from schema.bare import declare_bare

declare_bare()
