"""Events of the pipelines of a workspace."""

from typing import Annotated

from models.records import PipelineRecord
from realtime.events.base import Event, Id, Shown, Topic


class PipelineEvent(Event, topics=(Topic.WORKSPACE,), abstract=True):
    """An event about a pipeline."""


class PipelineCreated(PipelineEvent):
    """A pipeline was created."""

    pipeline: Annotated[PipelineRecord, Shown("The pipeline as it was then.")]


class PipelineUpdated(PipelineEvent):
    """A pipeline changed."""

    pipeline: Annotated[PipelineRecord, Shown("The pipeline as it was then.")]


class PipelineDeleted(PipelineEvent):
    """A pipeline was deleted; runs that are under way go on."""

    deleted_id: Annotated[Id, Shown("The id of the pipeline.", name="pipeline_id")]
