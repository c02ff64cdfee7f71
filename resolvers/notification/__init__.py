"""What people are told of what others do."""
