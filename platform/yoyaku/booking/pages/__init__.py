"""HTTP of finding, booking and ending: pages that work without scripts."""
