"""A message from acts: each in a wording that its speaker has not used in this conversation, with no sentence said again."""

from collections.abc import Iterable

from engine.conversation.events import Act
from engine.conversation.views import View
from engine.speech.phrasebook import Phrasebook, told


def speak(phrasebook: Phrasebook, acts: Iterable[Act], view: View) -> tuple[str, tuple[Act, ...]]:
    """The text of a message, and its acts with the names of their wordings. Raises NoPhrase."""
    random, used = view.random.at(view.move, view.attempt), view.forms()
    said = frozenset[str]().union(*map(told, view.spoken()), *(phrasebook.sentences(view.party, act) for act in view.said()))
    texts, meaning = [], []
    for act in acts:
        text, worded = phrasebook.say(view.party, act, random, used, said)
        used |= {worded.form}
        said |= phrasebook.sentences(view.party, worded) | told(text)
        texts.append(text)
        meaning.append(worded)
    return " ".join(texts), tuple(meaning)
