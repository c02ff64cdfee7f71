"""What Stripe sends to its webhook, at whichever interface."""

from models.errors import BadUserInput
from resolvers.inputs.billing import BillingReceive
from resolvers.kit.input import read_input
from rest.routing import Call


def stripe_event(call: Call) -> BillingReceive:
    """The event of a request, byte for byte, with its signature; raises BadUserInput for what is no text."""
    try:
        payload = call.raw.decode()
    except UnicodeDecodeError as error:
        raise BadUserInput("The body must be JSON") from error
    return read_input(BillingReceive, {"payload": payload, "signature": call.headers.get("stripe-signature", "")})
