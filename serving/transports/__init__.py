"""Subscriptions over WebSocket and over event streams, whatever executes them."""
