"""How passwords are hashed in tests that are not about hashing: at the lowest cost there is."""

from argon2 import PasswordHasher

CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
