"""Cards of a whole workspace in words, for whoever does not go by boards: filing them, and finding them again."""
