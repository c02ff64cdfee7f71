"""Cards with their checklists, comments and labels."""
