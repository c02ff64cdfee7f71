"""What happened to cards, documents and members."""
