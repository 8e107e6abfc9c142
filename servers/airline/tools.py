"""The tools of the airline domain, in the order in which an agent sees them."""

from servers.airline import booking, breaches, details, reads, writes
from servers.airline.records import Airport, FoundFlight, Reservation, User
from servers.desk import CALCULATE, TRANSFER
from servers.domain import Key, Tool

_RESERVATION = Key(table="reservations", argument="reservation_id")
_USER = Key(table="users", argument="user_id")
_PAYMENTS = Key(table="users")
_FLIGHTS = Key(table="flights")
_CHANGED = ("changed", "updated", "modified", "switched", "set", "corrected", "fixed", "reverted")
_BAGS = tuple(f"{verb} {thing}" for verb in (*_CHANGED, "added", "increased") for thing in ("bag", "luggage", "suitcase"))
_PASSENGERS = tuple(
    f"{verb} {thing}" for verb in (*_CHANGED, "replaced") for thing in ("passenger", "name", "traveler", "date of birth")
)
_SENT = tuple(f"{verb} certificate" for verb in ("sent", "issued", "added", "credited", "given", "gave"))

TOOLS = (
    Tool(
        name="book_reservation",
        description=(
            "Book flights for a customer, pay for them and take the seats. The payments must come to exactly the price: fares, "
            "insurance and paid bags. State all details and get a clear yes before. Answers the new reservation."
        ),
        function=booking.book_reservation,
        arguments=booking.Booking,
        returns=Reservation,
        kind="write",
        confirmed=True,
        changes=(_PAYMENTS, _FLIGHTS),
        unordered=(("passengers",), ("payment_methods",)),
        details=details.of_booking,
        breaks=breaches.by_booking,
        claimed=("booked", "reserved", "booking", "rebooked", "completed reservation", "created reservation"),
    ),
    CALCULATE,
    Tool(
        name="cancel_reservation",
        description=(
            "Cancel a whole reservation and refund what was paid. Whether the policy allows it is not checked here. Tell the "
            "customer what will be cancelled and get a clear yes before. Answers the reservation."
        ),
        function=writes.cancel_reservation,
        arguments=writes.Cancellation,
        returns=Reservation,
        kind="write",
        confirmed=True,
        shows=_RESERVATION,
        changes=(_RESERVATION,),
        details=details.of_cancellation,
        breaks=breaches.by_cancellation,
        claimed=("cancelled", "canceled", "cancellation", "called off", "refunded", "refund"),
    ),
    Tool(
        name="get_reservation_details",
        description="Look up a reservation: its flights with what was paid for them, cabin, passengers, bags, payments, status.",
        function=reads.get_reservation_details,
        arguments=reads.OfReservation,
        returns=Reservation,
        kind="read",
        shows=_RESERVATION,
    ),
    Tool(
        name="get_user_details",
        description="Look up a customer: membership, payment methods with what is left on them, known passengers, reservations.",
        function=reads.get_user_details,
        arguments=reads.OfUser,
        returns=User,
        kind="read",
        identifies=True,
        shows=_USER,
    ),
    Tool(
        name="list_all_airports",
        description="List every airport that the airline serves with its code and its city.",
        function=reads.list_all_airports,
        arguments=reads.Nothing,
        returns=tuple[Airport, ...],
        kind="read",
    ),
    Tool(
        name="search_direct_flight",
        description="Find the flights between two airports that can be booked for a day, with seats and prices by cabin.",
        function=reads.search_direct_flight,
        arguments=reads.Route,
        returns=tuple[FoundFlight, ...],
        kind="read",
        shows=_FLIGHTS,
    ),
    Tool(
        name="search_onestop_flight",
        description=(
            "Find the pairs of flights that lead from one airport to another with one change of planes and can be booked for a "
            "day; the second may leave on the day after."
        ),
        function=reads.search_onestop_flight,
        arguments=reads.Route,
        returns=tuple[tuple[FoundFlight, FoundFlight], ...],
        kind="read",
        shows=_FLIGHTS,
    ),
    Tool(
        name="send_certificate",
        description="Give a customer a travel certificate as a compensation. Only where the policy says so, in its amount.",
        function=writes.send_certificate,
        arguments=writes.Gesture,
        returns=str,
        kind="write",
        changes=(_PAYMENTS,),
        breaks=breaches.by_certificate,
        claimed=(*_SENT, "certificate", "compensated", "compensation"),
    ),
    TRANSFER,
    Tool(
        name="update_reservation_baggages",
        description=(
            "Set the checked bags of a reservation; those that are paid for and new are charged at once. Fewer bags bring no "
            "money back. State the numbers and the price and get a clear yes before. Answers the reservation."
        ),
        function=writes.update_reservation_baggages,
        arguments=writes.NewBags,
        returns=Reservation,
        kind="write",
        confirmed=True,
        shows=_RESERVATION,
        changes=(_RESERVATION, _PAYMENTS),
        details=details.of_bags,
        breaks=breaches.by_bags,
        claimed=(*_BAGS, "update", "change"),
    ),
    Tool(
        name="update_reservation_flights",
        description=(
            "Set the flights and the cabin of a reservation. Name every flight that it is to have, the ones that stay too: "
            "those keep their price as long as the cabin stays, all others cost what they cost now, and the difference is "
            "charged or refunded. Whether the policy allows the change is not checked here. State the flights, the cabin and "
            "the difference and get a clear yes before. Answers the reservation."
        ),
        function=writes.update_reservation_flights,
        arguments=writes.NewFlights,
        returns=Reservation,
        kind="write",
        confirmed=True,
        shows=_RESERVATION,
        changes=(_RESERVATION, _PAYMENTS),
        details=details.of_new_flights,
        breaks=breaches.by_new_flights,
        claimed=(
            *_CHANGED,
            "booked",
            "moved",
            "rebooked",
            "rescheduled",
            "upgraded",
            "downgraded",
            "upgrade",
            "update",
            "change",
            "refunded",
            "refund",
        ),
    ),
    Tool(
        name="update_reservation_passengers",
        description=(
            "Set who flies on a reservation: all passengers, as many as before. State them and get a clear yes before. "
            "Answers the reservation."
        ),
        function=writes.update_reservation_passengers,
        arguments=writes.NewPassengers,
        returns=Reservation,
        kind="write",
        confirmed=True,
        shows=_RESERVATION,
        changes=(_RESERVATION,),
        unordered=(("passengers",),),
        details=details.of_new_passengers,
        breaks=breaches.by_new_passengers,
        claimed=(*_PASSENGERS, "update", "change", "booked"),
    ),
    Tool(
        name="get_flight_status",
        description="Look up whether a flight on a date can be booked, is on time, delayed, flying, landed or cancelled.",
        function=reads.get_flight_status,
        arguments=reads.OfFlight,
        returns=str,
        kind="read",
        shows=_FLIGHTS,
    ),
)
