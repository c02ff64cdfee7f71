"""What a workspace keeps of nouns that are created, changed and deleted alike."""
