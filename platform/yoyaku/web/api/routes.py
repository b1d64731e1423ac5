"""Routes of the API."""
ROUTES = []
