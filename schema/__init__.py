"""The graph: Strawberry types, inputs, payloads and subscriptions, one module a noun; shape only, no logic."""
