"""Queues, their jobs and their schedules."""

import strawberry

import models
from resolvers.job.job import jobs_of
from resolvers.job.schedule import schedules_of
from schema.connection import Connection, window
from schema.fields import shows
from schema.loading import edge


@shows(models.Job, "A work that one worker at a time does, and that is done once.")
class Job:
    id: strawberry.ID = strawberry.field(description="The id.")
    priority: int = strawberry.field(description="Smaller ones come first.")
    max_attempts: int = strawberry.field(description="How many times it may be begun.")
    lease_token: int = strawberry.field(description="Counts its claims: the claim that it is held by is the last one.")


@shows(models.Schedule, "What puts a job into a queue again and again.")
class Schedule:
    id: strawberry.ID = strawberry.field(description="The id.")


@shows(models.Queue, "Jobs that wait for workers.")
class Queue:
    id: strawberry.ID = strawberry.field(description="The id.")
    jobs: Connection[Job] = edge(jobs_of, arguments=window, description="Its jobs, newest first.")
    schedules: Connection[Schedule] = edge(schedules_of, arguments=window, description="Its schedules, oldest first.")
