"""Credentials of organizations."""
