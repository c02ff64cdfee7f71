"""What a workspace steers by, and how it stands."""
