"""The caller's own account: sign-in, sessions, tokens, a second factor, its export and its end."""
