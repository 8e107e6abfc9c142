"""Does a way to say something stand in a text, as words of its own?"""


def plain(text: str) -> str:
    """A text to look in: lower case, straight apostrophes, without emphasis, on one line."""
    return " ".join(text.lower().replace("’", "'").replace("*", "").split())


def stands(way: str, text: str) -> bool:
    """Is `way` in the text, and not as a part of a longer word or number?"""
    place = text.find(way) if way else -1
    while place >= 0:
        end = place + len(way)
        begins = place == 0 or not (way[0].isalnum() and text[place - 1].isalnum())
        if begins and (end == len(text) or not (way[-1].isalnum() and text[end].isalnum())):
            return True
        place = text.find(way, place + 1)
    return False
