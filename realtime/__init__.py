"""The durable event log, its typed events, the bus and the hub that fans out, the transports of subscriptions."""
