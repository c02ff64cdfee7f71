"""What models were asked and what that cost: reserved before a call, settled after it."""
