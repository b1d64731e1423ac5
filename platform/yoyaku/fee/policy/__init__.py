"""What a use costs, line by line."""

from yoyaku.fee.policy.pipeline import quote_fee
from yoyaku.fee.policy.rules import FeeRules
from yoyaku.fee.policy.units import units_of
from yoyaku.fee.policy.values import FeeLine, NotPriced, Priced, Quote, Unit

__all__ = ["FeeLine", "FeeRules", "NotPriced", "Priced", "Quote", "Unit", "quote_fee", "units_of"]
