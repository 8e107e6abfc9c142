"""A text as the readers here take it: lower case, straight quotes, no marks of emphasis, no tokens that end a conversation."""

import re

_LETTERS = str.maketrans(
    {"’": "'", "‘": "'", "`": "'", "“": '"', "”": '"', "*": None, "—": " - ", "–": " - ", "…": "...", "\xa0": " "}
)
_TOKEN = re.compile(r"#{2,}[A-Z _-]+#{2,}")
_END = re.compile(r"(?<=[.!?:;])[\"')]*\s+|\s*\n\s*(?:[-•]\s+|\d+\.\s+)?")


def plain(text: str) -> str:
    """The text without what has no meaning for a reader."""
    if "##" in text:
        text = _TOKEN.sub(" ", text)
    return text.lower().translate(_LETTERS).strip()


def sentences(said: str) -> list[str]:
    """The sentences and the lines of a plain text; what a colon or semicolon parts are two."""
    return [sentence for sentence in _END.split(said) if sentence]


def words(*pieces: str) -> re.Pattern[str]:
    """A pattern that finds any of these, as whole words."""
    return re.compile(rf"\b(?:{'|'.join(pieces)})\b")
