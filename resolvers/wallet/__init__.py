"""What organizations and people have left, and the ledger of what came and was used up."""
