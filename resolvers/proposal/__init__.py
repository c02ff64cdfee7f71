"""Proposals: what agents would do, and people decide on."""
