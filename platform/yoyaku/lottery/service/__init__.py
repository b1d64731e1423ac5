"""The use cases of lotteries: load, decide, save, outbox."""
