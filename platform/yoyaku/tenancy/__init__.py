"""Which tenant and service a request is for."""
