"""Documents: their texts, versions, places, links and reviews."""
