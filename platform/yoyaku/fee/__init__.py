"""Usage fees, surcharges, relief."""
