"""What all operations are made with: nouns and their doors, contracts, pages, filters, loads."""
