"""Values without I/O; imports nothing of Yoyaku."""
