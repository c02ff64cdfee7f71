"""The folders and repositories of the machine that the gateway runs on, for whoever the operator lets see them."""
