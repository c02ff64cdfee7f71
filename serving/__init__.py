"""Speaking HTTP and WebSocket: bodies, files, cookies, errors, event streams, sockets. It knows no operation."""
