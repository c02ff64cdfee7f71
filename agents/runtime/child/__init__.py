"""What runs in the processes of agents. Nothing else imports it: the libraries that speak to models take seconds to
load, and memory."""
