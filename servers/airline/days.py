"""How a flight stands on one day, from its times and from now: on time, delayed, flying, landed, cancelled.

`schedule` asks for every flight and day. A flight that has not left can be booked from tomorrow on.
"""

from datetime import date, timedelta
from random import Random

from servers.airline.records import Cancelled, Delayed, FlightDate, Flying, Landed, OnTime

_CANCELLED = Cancelled()


def clock(minutes: int) -> str:
    """Minutes from midnight as a schedule writes them: '08:00:00', '00:25:00+1' on the day after."""
    later, minute = divmod(minutes, 1440)
    return f"{minute // 60:02d}:{minute % 60:02d}:00{f'+{later}' if later else ''}"


def moment(day: date, minutes: int) -> str:
    """Minutes from a day's midnight as date and time."""
    later, minute = divmod(minutes, 1440)
    return f"{(day + timedelta(days=later)).isoformat()}T{minute // 60:02d}:{minute % 60:02d}:00"


def coming(random: Random, day: date, departs: int, minutes: int, ahead: int) -> FlightDate | None:
    """A flight of a later day that cannot be booked: cancelled in advance, or, for the next two days, delayed in advance."""
    drawn = random.random()
    if drawn < 0.025:
        return _CANCELLED
    if drawn < 0.095 and ahead <= 2:
        return _delayed(day, departs, minutes, random.randrange(30, 300))
    return None


def by_now(random: Random, day: date, departs: int, minutes: int, since_now: int) -> FlightDate:
    """A flight of today or before. It was to leave `since_now` minutes from now (less than 0: it should have left)."""
    drawn = random.random()
    if drawn < 0.055:
        return _CANCELLED
    late = random.randrange(25, 240) if drawn < 0.36 else random.randint(-9, 18)
    if drawn > 0.99:
        late = random.randrange(400, 900)
    arrives = departs + minutes + late + random.randint(-14, 14)
    since_now += late
    if since_now > 0:
        if late > 20:
            return _delayed(day, departs, minutes, late)
        return OnTime(estimated_departure_time_est=moment(day, departs + late), estimated_arrival_time_est=moment(day, arrives))
    if since_now + arrives - departs - late > 0:
        return Flying(actual_departure_time_est=moment(day, departs + late), estimated_arrival_time_est=moment(day, arrives))
    return Landed(actual_departure_time_est=moment(day, departs + late), actual_arrival_time_est=moment(day, arrives))


def _delayed(day: date, departs: int, minutes: int, late: int) -> Delayed:
    return Delayed(
        estimated_departure_time_est=moment(day, departs + late),
        estimated_arrival_time_est=moment(day, departs + minutes + late),
    )
