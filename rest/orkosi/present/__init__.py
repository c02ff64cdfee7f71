"""What Orkosi's interface shows of records."""
