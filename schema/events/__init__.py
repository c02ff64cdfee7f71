"""Events of the subscriptions, one module a part of the product."""
