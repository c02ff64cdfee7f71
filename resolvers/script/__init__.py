"""Scripts of projects, and running them where they reach nothing but the files that they are for."""
