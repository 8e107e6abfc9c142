"""The language of phrase files: what parses, what fits, in how many ways it can be said."""

from random import Random

import pytest

from engine.conversation.events import Act
from engine.speech.grammar import GrammarError, along, needs, parse, paths, render, says, wordings
from engine.speech.phrasebook import NoPhrase, Phrasebook


def everything(line: str, *having: str) -> list[str]:
    """Every text that a line can be, by following each of its paths; slots say their own name in brackets."""
    tree, given = parse(line), frozenset(having)
    return [render(tree, lambda slot, _: f"[{slot}]", given, along(path))[0] for path in paths(tree, given)]


def brute_force(line: str, having: frozenset[str]) -> set[str]:
    """Every text that a line can be, by drawing until nothing new comes."""
    random, found = Random(line), set()
    for _ in range(4000):
        found.add(render(parse(line), lambda slot, _: slot, having, lambda count: random.randrange(count))[0])
    return found


@pytest.mark.parametrize(
    ("line", "what", "place"),
    [
        ("a (b|c", "'('", 2),
        ("a [b", "'['", 2),
        ("<a {x}", "'<'", 0),
        ("say {x", "'{'", 4),
        ("a) b", "')'", 1),
        ("a | b", "'|'", 2),
        ("(a] b)", "']'", 2),
        ("a {} b", "''", 2),
        ("a {two words} b", "'two words'", 2),
        (f"({'|'.join('abcdefghijklmnopqrstuvwxyz0123456789!')})", "'('", 0),
    ],
)
def test_a_line_that_does_not_parse_says_what_is_wrong_and_where(line, what, place):
    with pytest.raises(GrammarError) as error:
        parse(line)
    assert what in str(error.value) and f"at {place} " in str(error.value) and line in str(error.value)


@pytest.mark.parametrize(
    ("line", "texts"),
    [
        ("plain", ["plain"]),
        ("(a|b) c", ["a c", "b c"]),
        ("a[ b| c]", ["a b", "a c", "a"]),
        ("(a|(b|c))[d]", ["ad", "a", "bd", "b", "cd", "c"]),
        ("\\(a\\) \\{b\\} \\\\", ["(a) {b} \\"]),
        ("(a||b)", ["a", "", "b"]),
    ],
)
def test_a_line_has_exactly_these_texts(line, texts):
    assert everything(line) == texts


def test_a_part_for_a_given_slot_stands_exactly_when_it_is_given():
    assert everything("go<, {name}>!") == ["go!"]
    assert everything("go<, {name}>!", "name") == ["go, [name]!"]
    assert everything("<a {x} {y}|b {x}|c>", "x") == ["b [x]"]
    assert everything("<a {x} {y}|b {x}|c>", "x", "y") == ["a [x] [y]"]
    assert everything("<a {x} {y}|b {x}|c>") == ["c"]
    assert everything("<(a|b) {x}<, {y}>|c>", "x", "y") == ["a [x], [y]", "b [x], [y]"]


LINES = [
    "(a|b|c) (d|e)[ f]",
    "(a|b(c|d[e]))<, {x}( f| g)>",
    "<{x} (a|b)|{y} (c|d|e)>[ f]",
    "[a[b[c]]](d|e)<!(f|g{x})>",
]


@pytest.mark.parametrize("line", LINES)
@pytest.mark.parametrize("having", [frozenset(some) for some in ("", "x", "y", "xy")], ids=sorted)
def test_wordings_are_counted_as_brute_force_finds_them(line, having):
    tree = parse(line)
    if says(tree, having) is None:
        assert "{y}" in line and not having
        return
    assert wordings(tree, having) == len(brute_force(line, having)) == len(set(paths(tree, having)))


def test_a_path_leads_back_to_its_text():
    tree, random = parse("(a|b(c|d[e])) <{x} f|g>[(h|i)]"), Random(1)
    for _ in range(200):
        text, path = render(tree, lambda slot, _: slot, frozenset("x"), lambda count: random.randrange(count))
        assert render(tree, lambda slot, _: slot, frozenset("x"), along(path)) == (text, path)


def test_a_slot_is_said_only_where_every_branch_says_it():
    assert says(parse("(a {x}|b)"), frozenset("x")) == frozenset()
    assert says(parse("(a {x}|b {x}) [{y}]"), frozenset("xy")) == frozenset("x")
    assert says(parse("<a {x}|b>"), frozenset("x")) == frozenset("x")
    assert says(parse("one of {x:them/those}"), frozenset("x")) == frozenset()


def test_a_line_fits_no_slots_that_it_lacks():
    assert says(parse("a {x}"), frozenset()) is None
    assert says(parse("(a|{x})"), frozenset()) is None
    assert says(parse("<a {x}|b {y}>"), frozenset()) is None
    assert needs(parse("{x} <{y}> (a|{z})")) == {"x", "z"}


BOOK = """
[surfaces.why]
spare = ["not needed", "spare"]
[surfaces."why:because"]
spare = ["I have one", "it's spare"]
"*" = ["it is {}"]
[macros]
who = "(you|they)<, {name}>"
again = "@again@"
[agent]
go = ["@who@ go to {place:cap}", "{place} is where @who@ go"]
list = ["take {things:it/them}: {things}", "{thing:a}"]
why = ["{why}", "because {why:because}"]
count = ["(one|two|three) {n}."]
[user]
tidy = ["  one , two  .  three !four (five|five)"]
"""


def book(text: str = BOOK) -> Phrasebook:
    return Phrasebook([text], lambda slot, value: " and ".join(value) if isinstance(value, list) else str(value))


def said(kind: str, draws: int = 200, **slots: object) -> set[str]:
    random = Random(kind)
    return {book().say("agent", Act(kind=kind, slots=slots), random)[0] for _ in range(draws)}


def test_macros_stand_in_lines_and_filters_change_what_slots_say():
    texts = said("go", place="rome", name="Ada")
    assert "They, Ada go to Rome" in texts and "Rome is where you, Ada go" in texts
    assert said("list", things=["a cup"]) == {"Take it: a cup"}
    assert said("list", things=["a cup", "a pan"]) == {"Take them: a cup and a pan"}
    assert said("list", thing="egg") == {"An egg"} and said("list", thing="cup") == {"A cup"}


def test_a_form_of_a_slot_has_surfaces_of_its_own_and_a_way_for_every_other_value():
    assert said("why", why="spare") == {"Not needed", "Spare", "Because I have one", "Because it's spare"}
    assert said("why", why="late") == {"Late", "Because it is late"}
    assert said("why", why="*") == {"*", "Because it is *"}


def test_what_stands_in_a_text_is_any_surface_of_any_form():
    assert book().stands_in("Because I HAVE ONE.", "why", "spare") and book().stands_in("A spare one", "why", "spare")
    assert not book().stands_in("Because.", "why", "spare")


@pytest.mark.parametrize(
    ("lines", "what"),
    [
        ('[agent]\ngo = ["@nobody@"]', "no macro 'nobody'"),
        ('[macros]\nme = "a @me@"\n[agent]\ngo = ["@me@"]', "no macro 'me'"),
        ('[agent]\ngo = ["(a"]', "agent 'go'"),
        ('[agent]\ngo = ["{x:shouted}"]', "'x:shouted'"),
    ],
)
def test_a_phrase_file_that_cannot_be_used_says_which_act_and_why(lines, what):
    with pytest.raises(GrammarError, match=what):
        book(lines)


def test_an_act_without_a_fitting_line_is_no_phrase():
    for slots in ({}, {"n": 1, "more": 2}):
        with pytest.raises(NoPhrase, match="count"):
            book().say("agent", Act(kind="count", slots=slots), Random(1))


def test_texts_are_tidied():
    text, _ = book().say("user", Act(kind="tidy"), Random(1))
    assert text == "One, two. Three!four five"


def test_no_wording_is_used_twice_while_another_is_left():
    used: frozenset[str] = frozenset()
    for count in range(1, 4):
        _, act = book().say("agent", Act(kind="count", slots={"n": 1}), Random(7), used)
        used |= {act.form}
        assert len(used) == count
    assert book().say("agent", Act(kind="count", slots={"n": 1}), Random(7), used)[1].form in used


def test_a_line_of_which_nothing_was_said_comes_before_another_wording_of_a_used_one():
    for seed in range(30):
        first = book().say("agent", Act(kind="why", slots={"why": "spare"}), Random(seed))[1].form
        second = book().say("agent", Act(kind="why", slots={"why": "spare"}), Random(seed), frozenset({first}))[1].form
        assert first.rpartition(".")[0] != second.rpartition(".")[0]


def test_a_slot_that_is_only_asked_for_hides_no_end_of_a_sentence():
    """`{n:/}` says nothing: the sentence before it is known again."""
    asking = book('[agent]\nask = ["it goes up by {n}.<{n:/}| Not yet.> What now then?"]')
    text, act = asking.say("agent", Act(kind="ask", slots={"n": 5}), Random(1))
    assert text == "It goes up by 5. What now then?"
    assert asking.sentences("agent", act) == {"it goes up by ….", "what now then?"}
