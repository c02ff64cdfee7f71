"""Steps of agents, tools and people that wait for each other."""
