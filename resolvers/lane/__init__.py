"""The places of cards: lanes in blocks, and the facts that are kept of each card."""
