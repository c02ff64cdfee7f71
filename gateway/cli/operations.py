"""`orrery operations`."""

import json
import sys

from gateway.paths import operations_folder
from serving.graph.trusted import trusted_documents


def operations() -> None:
    """Print the trusted documents as JSON: what a client sends as `documentId`, and the name of its file."""
    manifest = {
        trusted_document.id: trusted_document.name for trusted_document in trusted_documents(operations_folder())
    }
    sys.stdout.write(json.dumps(manifest, indent=2) + "\n")
