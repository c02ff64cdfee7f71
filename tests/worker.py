"""Stands for a worker in the tree of processes: the worker is forked by the server at the address given (`workers.py`).

Its standard files become the worker's, and it ends when the worker does.
"""

import socket
import sys

with socket.socket(socket.AF_UNIX) as worker:
    worker.connect(sys.argv[1])
    socket.send_fds(worker, [b"1"], [0, 1, 2])
    worker.recv(1)
