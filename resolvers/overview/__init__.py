"""What a workspace comes to at a glance: how much there is of what, how its agents do, and what is amiss."""
