"""Organizations, workspaces, invitations to them, and the members of these and of projects."""
