"""Durable work: queues, jobs and schedules."""
