"""Who is in organizations, workspaces and projects, and with which role."""
