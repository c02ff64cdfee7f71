"""The graph over HTTP, as an event stream and on sockets: documents, operations, and who shares what they come to."""
