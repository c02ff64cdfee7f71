"""Projects out of files and into files."""
