"""How a thing may be said in plain English, in lower case, for whoever looks for it in a text: days, times, numbers, people."""

from collections.abc import Iterable

_MONTHS = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
_NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")


def day(date: str) -> tuple[str, ...]:
    """'2024-05-20': as it stands, 'may 20', 'may 20th', '20 may', '20th of may', '5/20', '05/20'."""
    try:
        month, number = int(date[5:7]), int(date[8:10])
        names = dict.fromkeys((_MONTHS[month - 1], _MONTHS[month - 1][:3]))
    except (ValueError, IndexError):
        return (date.lower(),)
    th = f"{number}{_ending(number)}"
    said = [f"{name} {each}" for name in names for each in (str(number), f"{number:02d}", th)]
    said += [f"{each} {name}" for name in names for each in (str(number), th, f"{th} of")]
    return (date, *said, f"{month}/{number}", f"{month:02d}/{number:02d}")


def _ending(number: int) -> str:
    return "th" if number in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")


def time(of_day: str) -> tuple[str, ...]:
    """'08:00:00': '08:00', '8:00', '8 am', '8:00 am', '8am' and so on."""
    hour, minute = int(of_day[:2]), of_day[3:5]
    half = "am" if hour < 12 else "pm"
    clock = hour % 12 or 12
    exact = (f"{hour:02d}:{minute}", f"{hour}:{minute}")
    said = [f"{each}:{minute}{space}{half}" for each in dict.fromkeys((f"{clock}", f"{clock:02d}")) for space in ("", " ")]
    short = (f"{clock}{half}", f"{clock} {half}") if minute == "00" else ()
    return (*exact, *said, *short)


def things(number: int, *names: str) -> tuple[str, ...]:
    """So many of something, '3 bags', 'three bags', 'bags: 3', also with a word between: '3 {more} bags' is given as a name."""
    numbers = [str(number), *_NUMBERS[number : number + 1]]
    said = [f"{each} {name}{plural}" for each in numbers for name in names for plural in ("", "s")]
    return (*said, *(f"{name}{plural}: {number}" for name in names for plural in ("", "s")))


def card(brand: str, last_four: str, brands: Iterable[str]) -> tuple[str, ...]:
    """A credit card: by its last digits, by its brand where no other of `brands` (all cards of its owner) is it."""
    return (last_four, *(_BRANDS.get(brand, (brand,)) if [*brands].count(brand) == 1 else ()))


AS_BEFORE = (
    *(
        "original payment",
        "original method",
        "original form of payment",
        "same payment",
        "same method",
        "payment method as before",
    ),
    *("same form of payment", "previous payment", "existing payment", "payment method used", "originally paid"),
)
"""A payment method as the one that has paid before."""

_BRANDS = {"amex": ("amex", "american express"), "mastercard": ("mastercard", "master card")}


def names(*said: str) -> tuple[str, ...]:
    """Names of things, as they are and as several."""
    return tuple(way for each in said for way in (each.lower(), f"{each.lower()}s", f"{each.lower()}es"))
