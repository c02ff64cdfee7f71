"""What projects add up to: figures over time, roadmaps, the portfolio."""
