"""What clients of servers on loopback share."""

import ssl

NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""For httpx, which otherwise reads every authority that the system trusts for each client: 20 ms of the test's loop."""
