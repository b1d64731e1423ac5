"""An identity plugin."""
