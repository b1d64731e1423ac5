"""What people do with bookings: one function for each act. Each takes the connection of the request's transaction."""

from yoyaku.booking.service.availability import chosen_units, month_availability
from yoyaku.booking.service.carting import (
    add_to_cart,
    cart_count,
    cart_items,
    quote_application,
    remove_from_cart,
)
from yoyaku.booking.service.changing import change_booking
from yoyaku.booking.service.confirming import confirm_booking
from yoyaku.booking.service.endings import (
    Lapse,
    PinnedRules,
    cancel_booking,
    lapse_booking,
    offer_cancellation,
    revoke_booking,
)
from yoyaku.booking.service.finding import (
    application_bookings,
    booking_history,
    day_sheet,
    find_bookings,
    get_booking,
    list_bookings,
)
from yoyaku.booking.service.refusals import (
    BookingNotFound,
    DocumentsNotSeen,
    KeyUsedBefore,
    RefundChanged,
    WhyMissing,
)
from yoyaku.booking.service.submit import submit_application
from yoyaku.booking.views import (
    Application,
    BookingEvent,
    BookingView,
    CancellationOffer,
    CartItem,
    QuotedItem,
    SlotState,
)

__all__ = [
    "Application",
    "BookingEvent",
    "BookingNotFound",
    "BookingView",
    "CancellationOffer",
    "CartItem",
    "DocumentsNotSeen",
    "KeyUsedBefore",
    "Lapse",
    "PinnedRules",
    "QuotedItem",
    "RefundChanged",
    "SlotState",
    "WhyMissing",
    "add_to_cart",
    "application_bookings",
    "booking_history",
    "cancel_booking",
    "cart_count",
    "cart_items",
    "change_booking",
    "chosen_units",
    "confirm_booking",
    "day_sheet",
    "find_bookings",
    "get_booking",
    "lapse_booking",
    "list_bookings",
    "month_availability",
    "offer_cancellation",
    "quote_application",
    "remove_from_cart",
    "revoke_booking",
    "submit_application",
]
