"""Paying for an organization."""
