"""Files: where their bytes are, what they are, who may have them, how much room they take."""
