"""The pages of lotteries for residents and for everybody."""
