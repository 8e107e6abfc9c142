"""How slots of the airline are said: each with the values that customers and agents give it."""

from typing import Any

import pytest

from servers.airline.slots import worded

EWR, IAH, CITY = {"city": "Newark", "iata": "EWR"}, {"city": "Houston", "iata": "IAH"}, {"city": "New York"}
JFK, LGA = {**CITY, "iata": "JFK"}, {**CITY, "iata": "LGA"}
DANA, ALEX = {"first_name": "Dana", "last_name": "Fox"}, {"first_name": "Alex", "last_name": "Fox", "dob": "1990-01-02"}
OUT = {"number": "HAT123", "origin": EWR, "destination": IAH, "day": "2025-05-25"}
BACK = {"number": "HAT220", "origin": IAH, "destination": EWR, "day": "2025-05-28"}
CERTIFICATE, VISA, GIFT = "certificate ending in 4821", "Visa ending in 7334", "gift card ending in 2841"


@pytest.mark.parametrize(
    ("slot", "value", "text"),
    [
        ("reservation_id", "K7Q2MX", "K7Q2MX"),
        ("trip", {"destination": IAH}, "trip to Houston (IAH)"),
        ("trip", {"destination": IAH, "origin": EWR}, "trip from Newark (EWR) to Houston (IAH)"),
        ("trip", {"destination": IAH, "day": "2025-05-25"}, "trip to Houston (IAH) on May 25"),
        ("route", {"origin": EWR, "destination": IAH}, "from Newark (EWR) to Houston (IAH)"),
        ("origin", [EWR, CITY], "Newark (EWR) or New York"),
        ("origin", [LGA, EWR, JFK], "New York (LGA or JFK) or Newark (EWR)"),
        ("destination", [JFK, LGA], "New York (JFK or LGA)"),
        ("days", ["2025-05-25", "2025-05-26"], "May 25 or May 26"),
        ("flight", {"pick": "cheapest", "stops": "direct"}, "cheapest direct flight"),
        ("flight", {"pick": "fastest", "stops": "any"}, "fastest flight, direct or with one stop"),
        (
            "flight",
            {"pick": "earliest", "stops": "direct", "after": "11:00:00", "before": "15:30:00"},
            "earliest direct flight that leaves after 11:00 AM and before 3:30 PM",
        ),
        (
            "flight",
            {"pick": "latest", "stops": "any", "before": "15:30:00"},
            "latest flight that leaves before 3:30 PM, direct or with one stop",
        ),
        ("flight", {"departs": "08:00:00", "stops": "direct"}, "direct flight that leaves at 8:00 AM"),
        ("cabin", "basic_economy", "basic economy"),
        ("passengers", ["me", DANA, ALEX], "me, Dana Fox and Alex Fox (born 1990-01-02)"),
        ("rename", {"old": DANA, "new": ALEX}, "Dana Fox to Alex Fox (born 1990-01-02)"),
        ("add", ALEX, "Alex Fox (born 1990-01-02)"),
        ("remove", DANA, "Dana Fox"),
        ("bags", 0, "no checked bags"),
        ("bags", 2, "2 checked bags"),
        ("bags", {"total": 3, "paid": 1}, "3 checked bags (1 of them paid)"),
        ("more", 1, "one more checked bag"),
        ("more", 2, "2 more checked bags"),
        ("fewer", 2, "two of the checked bags"),
        ("fewer", 12, "12 of the checked bags"),
        ("insurance", "no", "without travel insurance"),
        ("payments", [VISA], VISA),
        ("payments", [CERTIFICATE, VISA], f"{CERTIFICATE} first and the {VISA} for the rest"),
        ("payments", [CERTIFICATE, GIFT, VISA], f"{CERTIFICATE} first, then the {GIFT}, and the {VISA} for the rest"),
        (
            "payments",
            [{"amount": 150.0, "method": CERTIFICATE}, {"amount": 84.0, "method": VISA}],
            f"$150.00 with your {CERTIFICATE} and $84.00 with your {VISA}",
        ),
        (
            "payments",
            [{"amount": 76.0, "method": "certificate ending in 4821 ($150.00)", "lost": 74.0}],
            "$76.00 with your certificate ending in 4821 ($150.00), losing the remaining $74.00",
        ),
        ("flights", [OUT], "HAT123 from Newark (EWR) to Houston (IAH) on May 25"),
        (
            "flights",
            [{**OUT, "departs": "08:00:00", "arrives": "10:15:00"}, BACK],
            "HAT123 from Newark (EWR) to Houston (IAH) on May 25, leaving at 8:00 AM and arriving at 10:15 AM; "
            "and then HAT220 from Houston (IAH) to Newark (EWR) on May 28",
        ),
        ("entitled", "gold members", "gold members"),
        ("entitled", "gold members; customers in business", "gold members, and customers in business"),
        ("flown", [OUT, BACK], "HAT123 on May 25 and HAT220 on May 28"),
        (
            "statuses",
            [{**OUT, "status": "landed"}, {**BACK, "status": "delayed"}],
            "HAT123 on May 25 has landed and HAT220 on May 28 is delayed",
        ),
        (
            "statuses",
            [{**OUT, "status": "available"}, {**BACK, "status": "available"}],
            "HAT123 on May 25 and HAT220 on May 28 are listed as available",
        ),
        (
            "statuses",
            [{**OUT, "status": "landed"}, {**OUT, "status": "landed"}, {**BACK, "status": "on time"}],
            "HAT123 on May 25 and HAT123 on May 25 have landed, and HAT220 on May 28 is on time",
        ),
        ("statuses", [{**OUT, "status": "cancelled"}], "HAT123 on May 25 is cancelled"),
        ("compared", ["HAT123 on May 25 at $184.00", "HAT220"], "HAT123 on May 25 at $184.00; HAT220"),
        ("balances", [{"method": GIFT, "amount": 86.0}], f"$86.00 on your {GIFT}"),
        ("refund_to", [VISA, GIFT], f"{VISA} and {GIFT}"),
        ("booked", "2025-05-14T15:00:07", "May 14 at 3:00 PM"),
        ("total", 1234.5, "$1,234.50"),
        ("extra", 50, "$50.00"),
        ("weighed", 7, "7"),
    ],
)
def test_slots_of_the_airline(slot: str, value: Any, text: str) -> None:
    """As the lines of phrases.toml expect them: with or without an article."""
    assert worded(slot, value) == text
