"""The graph: Strawberry types, inputs, payloads and subscriptions, one module a noun; shape only, no logic."""

from schema.bare import declare_bare

declare_bare()

import schema.enums  # noqa: E402, F401  (before Strawberry meets any, their values are described)
