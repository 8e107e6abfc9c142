"""The airline policy as code, over the constants of a world: tools' callers, recipes, agents and checkers share it.

Each function answers the name of the rule that forbids something, or None. The rules' texts stand in RULES.
`statuses` are those of a reservation's flights, in their order, as `get_flight_status` tells them.
"""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from servers.airline.facts import AirlineFacts
from servers.airline.records import (
    CANCELLED,
    DELAYED,
    FLYING,
    LANDED,
    Cabin,
    Certificate,
    FlightType,
    FoundFlight,
    GiftCard,
    PaymentMethod,
    Reservation,
    User,
)
from servers.persons import CreditCard
from servers.rules import Rule

RULES = (
    Rule(
        name="own_account",
        summary="Only the customer who was identified is served, never somebody else's account.",
        surfaces=("your account", "another customer", "different customer", "someone else", "different account", "own account"),
    ),
    Rule(
        name="reservation_exists",
        summary="There is no reservation that fits what the customer said.",
        surfaces=("find", "no reservation", "none of your reservations", "locate", "doesn't exist", "does not exist"),
        subjects=("reservation", "booking", "trip"),
        lacks=True,
    ),
    Rule(
        name="reservation_stands",
        summary="A reservation that is cancelled is neither cancelled again nor changed.",
        surfaces=("already cancel", "been cancelled", "been canceled", "was cancelled", "cancelled reservation"),
        subjects=("reservation", "booking", "cancel it", "trip"),
    ),
    Rule(
        name="cancel_flown",
        summary="A reservation of which a flight was flown cannot be cancelled by the agent.",
        surfaces=("flown", "taken off", "departed", "landed"),
        subjects=("cancel",),
    ),
    Rule(
        name="cancel_window",
        summary="Without insurance a reservation is cancelled only soon after it was booked, in certain cabins, or when "
        "the airline cancelled a flight.",
        surfaces=("hour", "insurance"),
        subjects=("cancel",),
    ),
    Rule(
        name="insurance_reason",
        summary="Insurance allows to cancel for the reasons only that it covers.",
        surfaces=("cover", "reason", "insurance"),
        subjects=("cover", "for that reason", "reasons"),
    ),
    Rule(
        name="fixed_cabin",
        summary="The flights of some cabins cannot be changed.",
        surfaces=("basic economy", "economy", "business", "cabin"),
        subjects=("flights", "flight change"),
    ),
    Rule(
        name="same_journey",
        summary="A change of flights keeps the origin, the destination and the trip type.",
        surfaces=("origin and", "origin or", "destination", "trip type", "round trip", "round-trip", "one way", "one-way"),
        subjects=("destination", "into a", "trip type", "turn"),
    ),
    Rule(
        name="flown_stays",
        summary="A flight that was already flown stays in its reservation.",
        surfaces=("flown", "taken off", "departed", "landed"),
        subjects=("stay", "replace", "chang", "swap", "leg"),
    ),
    Rule(
        name="cabin_flown",
        summary="The cabin cannot be changed once a flight of the reservation was flown.",
        surfaces=("flown", "taken off", "departed", "landed"),
        subjects=("cabin", "upgrade", "downgrade"),
    ),
    Rule(
        name="one_cabin",
        summary="All flights of a reservation, and all its passengers, are in one cabin.",
        surfaces=("same cabin", "one cabin", "all flights", "all the flights", "every flight"),
        subjects=("cabin", "business", "economy", "upgrad"),
    ),
    Rule(
        name="flight_available",
        summary="Only a flight that is available on its date can be booked.",
        surfaces=("available", "no flight", "isn't a flight", "closed for booking", "direct flight", "any flight"),
        subjects=("flight", "hat"),
        lacks=True,
    ),
    Rule(
        name="seats_left",
        summary="A flight must have a seat in the cabin for every passenger.",
        surfaces=("seats left", "enough seats", "seats free", "no seat", "a seat in", "short of seats", "sold out", "full"),
        lacks=True,
    ),
    Rule(
        name="passenger_limit",
        summary="A reservation has a limited number of passengers.",
        surfaces=("at most", "limit", "maximum", "more than", "up to"),
        subjects=("passenger", "people", "travelers", "travellers", "group", "party"),
    ),
    Rule(
        name="passenger_count",
        summary="The number of passengers of a reservation cannot be changed, by nobody.",
        surfaces=("number of passengers", "add a passenger", "adding a passenger", "remove a passenger"),
    ),
    Rule(
        name="payment_mix",
        summary="A booking takes a limited number of certificates, of credit cards and of gift cards.",
        surfaces=("at most", "limit", "maximum", "more than", "up to", "only one", "no travel", "no credit", "no gift"),
        subjects=("certificate", "card", "payment", "combin", "paid"),
    ),
    Rule(
        name="method_on_file",
        summary="Only payment methods in the customer's profile can be used.",
        surfaces=("on file", "in your profile", "on your account", "on your profile", "in your account", "saved"),
        subjects=("pay", "card", "method", "visa", "mastercard", "amex", "certificate"),
        lacks=True,
    ),
    Rule(
        name="balance_covers",
        summary="A gift card or certificate must have enough on it for what it is to pay.",
        surfaces=("balance is", "balance of", "its balance", "the balance on", "too low", "not enough", "isn't enough", "cover"),
        subjects=("card", "certificate", "balance", "there"),
    ),
    Rule(
        name="change_method",
        summary="A change is paid, or refunded, by one credit card or gift card; never by a certificate.",
        surfaces=("certificate", "one gift card", "single", "one credit card"),
        subjects=("chang", "modif", "upgrad", "update"),
    ),
    Rule(
        name="bags_only_added",
        summary="Checked bags can be added to a reservation, not taken from it.",
        surfaces=("remove", "taken out", "take out", "taken off", "take off", "taking", "only add", "only be added", "fewer"),
        subjects=("bag", "luggage", "suitcase"),
    ),
    Rule(
        name="insurance_at_booking",
        summary="Insurance is bought with the booking or not at all.",
        surfaces=("insurance",),
        subjects=("add", "buy", "bought", "purchase", "when you booked", "sold", "at booking"),
    ),
    Rule(
        name="compensation_entitled",
        summary="Compensation is for customers of some tiers, with insurance, or in some cabins.",
        surfaces=("member", "insurance", "insured", "entitled", "eligible", "qualify"),
        subjects=("compensat", "certificate", "voucher"),
    ),
    Rule(
        name="compensation_reason",
        summary="Compensation is given for a flight that really was cancelled or delayed, for nothing else.",
        surfaces=("cancelled", "canceled", "delayed"),
        subjects=("compensat", "certificate", "voucher"),
    ),
    Rule(
        name="compensation_settled",
        summary="For a delay there is compensation only after the reservation was changed or cancelled.",
        surfaces=("changing", "changed", "change or cancel", "cancelling", "canceling"),
        subjects=("compensat", "certificate", "voucher", "send one"),
    ),
)


def flown(statuses: Collection[str]) -> bool:
    """Was any of these flights flown, or is it in the air?"""
    return FLYING in statuses or LANDED in statuses


def stands(reservation: Reservation) -> str | None:
    """May anything of this reservation still be changed?"""
    return None if reservation.status is None else "reservation_stands"


def cancel(reservation: Reservation, statuses: Collection[str], reason: str, facts: AirlineFacts) -> str | None:
    """May this reservation be cancelled, for this reason?"""
    if reservation.status is not None:
        return "reservation_stands"
    if flown(statuses):
        return "cancel_flown"
    if booked_lately(reservation, facts) or CANCELLED in statuses or reservation.cabin in facts.cancel_cabins:
        return None
    if reservation.insurance == "yes":
        return None if reason in facts.insured_reasons else "insurance_reason"
    return "cancel_window"


def booked_lately(reservation: Reservation, facts: AirlineFacts) -> bool:
    """Was it booked so lately that it may be cancelled for any reason?"""
    age = datetime.fromisoformat(facts.now) - datetime.fromisoformat(reservation.created_at)
    return age <= timedelta(hours=facts.cancel_hours)


def change_flights(
    reservation: Reservation, statuses: Sequence[str], wanted: Collection[tuple[str, str]], facts: AirlineFacts
) -> str | None:
    """May the reservation have these flights (number and date) instead of its own?"""
    if reservation.status is not None:
        return "reservation_stands"
    if reservation.cabin in facts.fixed_cabins:
        return "fixed_cabin"
    for flight, status in zip(reservation.flights, statuses, strict=True):
        if flown((status,)) and (flight.flight_number, flight.date) not in wanted:
            return "flown_stays"
    return None


def journey(reservation: Reservation, origin: str, destination: str, flight_type: FlightType) -> str | None:
    """Is a journey still the one that was booked?"""
    booked = (reservation.origin, reservation.destination, reservation.flight_type)
    return None if booked == (origin, destination, flight_type) else "same_journey"


def change_cabin(reservation: Reservation, statuses: Collection[str], facts: AirlineFacts) -> str | None:
    """May the cabin be changed, the flights staying what they are? Every cabin may."""
    return stands(reservation) or ("cabin_flown" if flown(statuses) else None)


def flight(found: FoundFlight | None, cabin: Cabin, passengers: int) -> str | None:
    """Can this flight (None: the search does not have it) take so many passengers?"""
    if found is None:
        return "flight_available"
    return None if found.available_seats.of(cabin) >= passengers else "seats_left"


def passengers(count: int, facts: AirlineFacts) -> str | None:
    """May so many passengers be booked together?"""
    return None if count <= facts.max_passengers else "passenger_limit"


def new_passengers(reservation: Reservation, count: int) -> str | None:
    """May so many passengers take the place of those of a reservation?"""
    return stands(reservation) or (None if count == len(reservation.passengers) else "passenger_count")


def payment_mix(methods: Collection[PaymentMethod], facts: AirlineFacts) -> str | None:
    """May these methods pay a booking together? One that is named twice counts once."""
    kinds: list[type] = [type(method) for method in {method.id: method for method in methods}.values()]
    limits: dict[type, int] = {
        Certificate: facts.max_certificates,
        CreditCard: facts.max_credit_cards,
        GiftCard: facts.max_gift_cards,
    }
    return "payment_mix" if any(kinds.count(kind) > limit for kind, limit in limits.items()) else None


def pays(method: PaymentMethod, amount: float) -> str | None:
    """Can this method pay an amount (a negative one is a refund)?"""
    return "balance_covers" if not isinstance(method, CreditCard) and method.amount < amount else None


def pays_change(method: PaymentMethod, amount: float) -> str | None:
    """Can this method pay the difference that a change makes, or receive it?"""
    return "change_method" if isinstance(method, Certificate) else pays(method, amount)


def bags(reservation: Reservation, total: int) -> str | None:
    """May the reservation have so many checked bags?"""
    return stands(reservation) or ("bags_only_added" if total < reservation.total_baggages else None)


def entitled(user: User, reservation: Reservation, facts: AirlineFacts) -> str | None:
    """Is this customer one to compensate, for this reservation?"""
    if user.membership in facts.compensated_tiers or reservation.cabin in facts.compensated_cabins:
        return None
    return None if facts.compensates_insured and reservation.insurance == "yes" else "compensation_entitled"


def compensation(
    user: User, reservation: Reservation, complaint: str, statuses: Collection[str], settled: bool, facts: AirlineFacts
) -> str | None:
    """Is there compensation for a complaint (`cancelled`, `delayed`, anything else)? `settled`: the reservation was
    changed or cancelled for it.
    """
    if (rule := entitled(user, reservation, facts)) is not None:
        return rule
    if complaint not in (CANCELLED, DELAYED) or complaint not in statuses:
        return "compensation_reason"
    return None if complaint == CANCELLED or settled else "compensation_settled"
