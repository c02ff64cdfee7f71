"""What agents can read up on."""
