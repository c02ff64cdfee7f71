"""What the cards of a workspace came to."""
