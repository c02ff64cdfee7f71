"""What people and models say to each other inside projects."""
