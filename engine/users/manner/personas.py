"""Persons: clauses that go together. What does not apply to a scenario does not show in it."""

from collections.abc import Mapping

import msgspec


class Persona(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody, as one sentence tells a model, and the clauses that make them."""

    told: str
    clauses: tuple[str, ...]


PERSONAS: Mapping[str, Persona] = {
    "commuter": Persona(
        told="You write from your phone on the way to work, in a hurry.",
        clauses=("hurried", "lower_case", "abbreviates", "impatient", "straight_in"),
    ),
    "first_timer": Persona(
        told="You have never done this before, are unsure, and ask how it works.",
        clauses=("vague_first", "asks_aside", "hesitates", "apologetic"),
    ),
    "neighbor": Persona(
        told="You are talkative and friendly, like somebody over the garden fence.",
        clauses=("story_first", "chats", "asks_offtopic", "grateful"),
    ),
    "regular": Persona(
        told="You have bought here for years and are annoyed today.",
        clauses=("upset", "claims_loyalty", "insists:2", "hangs_up", "loud"),
    ),
    "haggler": Persona(
        told="You take no first answer, and see whether there is room to bargain.",
        clauses=("asks_why", "friend_got_it", "bargains", "claims_loyalty"),
    ),
    "scatterbrain": Persona(
        told="You are disorganized: you have to look for everything and lose the thread.",
        clauses=("forgets", "forgets_account", "puzzled", "dots"),
    ),
    "executive": Persona(
        told="You are formal and matter-of-fact; you say all that is needed at once, and things again for certainty.",
        clauses=("formal", "everything_known", "restates"),
    ),
    "texter": Persona(
        told="You write as to a friend: lower case, short forms, no punctuation.",
        clauses=("lower_case", "no_punctuation", "abbreviates", "one_at_a_time", "straight_in"),
    ),
    "traveler": Persona(
        told="You are polite, and English is not your first language.",
        clauses=("non_native", "over_polite", "puzzled", "grateful"),
    ),
    "skeptic": Persona(
        told="You trust nobody at once: few words, a second thought before the yes, and the reason for every no.",
        clauses=("terse", "hesitates", "asks_why", "insists:1"),
    ),
    "worrier": Persona(
        told="You apologize for everything and thank for everything.",
        clauses=("apologetic", "over_polite", "grateful", "asks_aside"),
    ),
    "thumbs": Persona(
        told="You type fast and badly, and say it again when it matters.",
        clauses=("typos", "lower_case", "restates", "hurried"),
    ),
}
