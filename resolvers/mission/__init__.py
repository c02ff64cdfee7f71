"""What agents are asked for, and what they report."""
