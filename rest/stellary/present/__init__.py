"""From records to what the interface answers: camelCase keys, ids as text, dates in ISO 8601, words for enums."""
