"""The operations: what each mutation, field edge and route does, one module a noun."""
