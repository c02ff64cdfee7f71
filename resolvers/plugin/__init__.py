"""What a workspace has others do with what happens in it."""
