"""Lotteries: entries, sealing, draw, proof, announcement, acceptance, release."""
