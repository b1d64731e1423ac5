"""Figures of use, lotteries and money; the monthly report; and the record of acts, searched and sealed."""
