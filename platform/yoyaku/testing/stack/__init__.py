"""PostgreSQL, a broker and a mail catcher that need no installation: for the demo and the tests."""
