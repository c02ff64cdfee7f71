"""Letters, and queueing them in the change that causes them."""
