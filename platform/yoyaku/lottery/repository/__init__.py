"""Every SQL statement of lotteries."""
