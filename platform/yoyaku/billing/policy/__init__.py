"""What is to be paid until when, what became of an attempt, what goes back, and how each of them is posted."""

from yoyaku.billing.policy.dues import DueDays, Dues, PaymentDue, payment_dues, reminder_of
from yoyaku.billing.policy.outcome import Decision, Standing, decide_payment, decide_refund
from yoyaku.billing.policy.payees import payee_of
from yoyaku.billing.policy.postings import Posting, postings_of_payment, postings_of_refund
from yoyaku.billing.policy.settling import Paid, RefundTooLate, Reversal, SettlementPlan, plan_settlement

__all__ = [
    "Decision",
    "DueDays",
    "Dues",
    "Paid",
    "PaymentDue",
    "Posting",
    "RefundTooLate",
    "Reversal",
    "SettlementPlan",
    "Standing",
    "decide_payment",
    "decide_refund",
    "payee_of",
    "payment_dues",
    "plan_settlement",
    "postings_of_payment",
    "postings_of_refund",
    "reminder_of",
]
