"""What goes with what is deleted, found and taken part by part."""
