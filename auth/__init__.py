"""Who is asking and what they may do: subjects, passwords, tokens, sessions, policies."""
