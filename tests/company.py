"""The payment company of this process: a merchant for each profile that the cities' rule sets name."""

import os
from functools import cache
from pathlib import Path

from yoyaku.testing.processor.merchants import environment_of, merchants_of, profiles_named, write_profiles
from yoyaku.testing.processor.processor import Processor
from yoyaku.testing.processor.server import RunningProcessor
from yoyaku.testing.processor.webhooks import Deliverer

ROOT = Path(__file__).parents[1]
CARD = {"act": "pay", "brand": "visa", "number": "4111 1111 1111 1111", "month": "04", "year": "39", "code": "123"}
"""What a payer types at its page; 4000 0000 0000 0002 is declined, 4000 0000 0000 0119 waits for the bank."""


@cache
def payment_company():
    """Started once; its secrets stand in the environment, as plugins read them there."""
    merchants = merchants_of(profiles_named(ROOT / "rulesets"), secret="only-for-the-tests-cities")
    running = RunningProcessor(Processor(merchants=merchants, webhooks=Deliverer(first_pause=0.05)))
    running.__enter__()
    os.environ.update(environment_of(merchants))
    return running


def company_values(profiles):
    """Write its settings files into a folder of profiles; returns the environment that another process needs."""
    running = payment_company()
    write_profiles(profiles, running.processor.merchants, base_url=running.url)
    return environment_of(running.processor.merchants)
