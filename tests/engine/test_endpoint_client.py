"""The client in virtual time: what it does about every answer, without a socket."""

import itertools
import json
from collections.abc import Awaitable, Callable
from random import Random
from typing import Any

import anyio
import msgspec
import pytest

from engine.clock import run_virtual
from engine.conversation.converse import PartyFailed
from engine.conversation.events import Reply
from engine.models.answers import Answer, NoAnswer
from engine.models.breaker import Breaker
from engine.models.budget import Budget
from engine.models.client import Deployed, Models
from engine.models.deployment import Deployment
from engine.models.endpoint import Ask, BadEndpoint, Role
from engine.models.gate import Gate
from engine.models.http import Post
from engine.models.pacing import Limits, Pace
from engine.models.prices import prices
from engine.models.proof import REFUSALS, UNPROVEN
from engine.models.replica import Replica
from engine.models.wire import Unusable, read

GOOD = Answer(
    status=200,
    text=json.dumps({"choices": [{"message": {"content": "yes"}}], "usage": {"prompt_tokens": 90, "completion_tokens": 9}}),
)
URLS = ("http://a/v1", "http://b/v1", "http://c/v1")


class Server:
    """Answers what `says` says at a time, after a second."""

    def __init__(self, says: Callable[[float, bytes], Answer | NoAnswer]) -> None:
        self.says = says
        self.asked: list[float] = []
        self.bodies: list[Any] = []
        self.most = 0
        self._now = 0

    async def post(self, body: bytes) -> Answer:
        self.asked.append(anyio.current_time())
        self.bodies.append(msgspec.json.decode(body))
        self._now += 1
        self.most = max(self.most, self._now)
        try:
            await anyio.sleep(1)
        finally:
            self._now -= 1
        says = self.says(anyio.current_time(), body)
        if isinstance(says, NoAnswer):
            raise says
        return says


def _models(*posts: Post, **how: Any) -> Models:
    deployment = Deployment(model="m", urls=URLS[: len(posts)], **how)
    patience = float("inf") if deployment.pauses else deployment.patience
    replicas = [
        Replica(url, Gate(Pace(deployment.limits), Breaker(patience)), post)
        for url, post in zip(deployment.urls, posts, strict=True)
    ]
    return Models({"agent": Deployed(deployment, replicas, prices(), Random(1))}, Budget())


def _ask(conversation: str = "s#0", role: Role = "agent", **sampling: Any) -> Ask:
    return Ask(
        role=role, conversation=conversation, move=1, attempt=0, messages=({"role": "user", "content": "hi"},), sampling=sampling
    )


def _grown(role: Role) -> Ask:
    """As `_ask`, of one who has said something already."""
    ask = _ask(role=role)
    spoken = ({"role": "assistant", "content": "Hello."}, {"role": "user", "content": "And?"})
    return msgspec.structs.replace(ask, messages=(*ask.messages, *spoken))


def _one(says: Callable[[float, bytes], Answer | NoAnswer], **how: Any) -> tuple[Server, Models]:
    server = Server(says)
    return server, _models(server.post, **how)


async def _in_turn(models: Models, *asks: Ask) -> list[Reply | Exception]:
    came: list[Reply | Exception] = []
    for ask in asks:
        try:
            came.append(await models.complete(ask))
        except (PartyFailed, BadEndpoint) as error:
            came.append(error)
    return came


async def _all(models: Models, count: int) -> list[Reply | Exception]:
    """So many at once, one of each conversation."""
    came: list[Reply | Exception] = []

    async def one(number: int) -> None:
        try:
            came.append(await models.complete(_ask(f"s#{number}")))
        except (PartyFailed, BadEndpoint) as error:
            came.append(error)

    async with anyio.create_task_group() as tasks:
        for number in range(count):
            tasks.start_soon(one, number)
    return came


def _run(main: Callable[[], Awaitable[Any]]) -> Any:
    return run_virtual(main)


def test_a_request_is_its_model_messages_tools_and_sampling_and_the_party_has_the_last_word() -> None:
    server, models = _one(lambda *_: GOOD, sampling={"temperature": 0.7, "top_p": 0.9})
    tools = msgspec.Raw(b'[{"type":"function"}]')
    reply = _run(lambda: models.complete(msgspec.structs.replace(_ask(temperature=0.1, seed=5, model="x"), tools=tools)))
    assert server.bodies == [
        {
            "model": "m",
            "messages": [{"role": "user", "content": "hi"}],
            "tools": [{"type": "function"}],
            "temperature": 0.1,
            "top_p": 0.9,
            "seed": 5,
        }
    ]
    assert reply == Reply(
        raw=GOOD.text,
        usage={"prompt_tokens": 90, "completion_tokens": 9, "model": "m", "endpoint": URLS[0], "seconds": 1.0},
    )


def test_what_is_no_completion_is_handed_out_as_it_came() -> None:
    _, models = _one(lambda *_: Answer(status=200, text="<html>busy</html>"))
    reply = _run(lambda: models.complete(_ask()))
    assert reply.raw == "<html>busy</html>"
    assert "prompt_tokens" not in reply.usage


WELCOME = Answer(status=200, text="<html>welcome</html>")


async def _three_times(models: Models, count: int) -> list[Reply | Exception]:
    """So many conversations at once, each of which asks until it has a completion, three times at most; what came is kept in
    between, which takes a moment."""
    came: list[Reply | Exception] = []

    async def one(number: int) -> None:
        for _ in range(3):
            (last,) = await _in_turn(models, _ask(f"s#{number}"))
            if not isinstance(last, Reply) or last.raw == GOOD.text:
                break
            await anyio.sleep(0.005)
        came.append(last)

    async with anyio.create_task_group() as tasks:
        for number in range(count):
            tasks.start_soon(one, number)
    return came


def test_an_address_that_gives_no_completion_is_asked_a_few_times_and_named() -> None:
    """Whatever it answers, with a good status: a page, or an error of its own."""
    server, models = _one(lambda *_: WELCOME, limits=Limits(first=2))
    came = _run(lambda: _three_times(models, 50))
    assert {str(error) for error in came} == {
        f'{URLS[0]} (model m) answered 200 without a chat completion: "welcome"; '
        "nothing else has ever come from there: correct the base URL (it mostly ends in /v1)"
    }
    assert 10 <= server.asked[-1] <= 40 and len(server.asked) < 10


def test_while_an_endpoint_gives_no_completions_everybody_waits_and_nobody_fails() -> None:
    """Also behind a good status. When it is back all have their replies."""
    server, models = _one(lambda now, _: WELCOME if 5 < now < 300 else GOOD, limits=Limits(first=20, most=20))

    async def main() -> list[Reply | Exception]:
        assert len(await _all(models, 80)) == 80
        await anyio.sleep(2)
        return await _three_times(models, 80)

    came = _run(main)
    assert all(isinstance(reply, Reply) and reply.raw == GOOD.text for reply in came)
    assert len([when for when in server.asked if 10 < when < 300]) < 25


def test_what_begins_with_a_burst_of_odd_bodies_is_asked_once_more_soon() -> None:
    """Everybody else waits; the burst is one failure and no thirty."""
    server, models = _one(lambda now, _: WELCOME if now < 2 else GOOD, limits=Limits(first=30))
    came = _run(lambda: _three_times(models, 30))
    assert all(isinstance(reply, Reply) and reply.raw == GOOD.text for reply in came)
    assert len([when for when in server.asked if when < 2.5]) == 31


def test_one_odd_body_among_completions_holds_nobody_up() -> None:
    bodies = itertools.cycle([GOOD, GOOD, WELCOME])
    _, models = _one(lambda *_: next(bodies), limits=Limits(first=1, most=1))

    async def main() -> float:
        await _all(models, 60)
        return anyio.current_time()

    assert _run(main) == 60


def test_what_gives_no_completion_is_waited_for_where_it_is_to_be() -> None:
    server, models = _one(lambda now, _: GOOD if now > 5_000 else WELCOME, pauses=True, limits=Limits(first=50))
    came = _run(lambda: _three_times(models, 20))
    assert all(isinstance(reply, Reply) for reply in came)
    assert len(server.asked) < 300


@pytest.mark.parametrize("trouble", [Answer(status=500, text=""), Answer(status=409, text=""), NoAnswer("too slow", "slow")])
def test_failures_of_one_request_among_good_ones_are_bounded_and_the_environments(trouble: Answer | NoAnswer) -> None:
    server, models = _one(lambda _, body: trouble if b"cursed" in body else GOOD, attempts=5)

    async def main() -> PartyFailed:
        async with anyio.create_task_group() as tasks:
            for number in range(300):
                tasks.start_soon(_later, models, number * 0.3)
            with pytest.raises(PartyFailed) as failed:
                await models.complete(_ask("s#x", cursed=True))
            tasks.cancel_scope.cancel()
        return failed.value

    failed = _run(main)
    assert (failed.blame, failed.reason) == ("environment", "endpoint failed")
    assert failed.detail.startswith(f"5 times, the last: {URLS[0]} (model m) ")
    assert sum("cursed" in body for body in server.bodies) == 5


async def _later(models: Models, when: float) -> None:
    await anyio.sleep(when)
    await models.complete(_ask())


def test_nobody_fails_while_an_endpoint_is_away_and_one_asks_until_it_is_back() -> None:
    server, models = _one(lambda now, _: GOOD if now > 300 else NoAnswer("away", "refused"), limits=Limits(first=50))
    came = _run(lambda: _all(models, 200))
    assert all(isinstance(reply, Reply) for reply in came)
    assert len(came) == 200
    probes = [when for when in server.asked if 10 < when < 300]
    assert len(probes) < 20
    assert max(later - earlier for earlier, later in itertools.pairwise(probes)) <= 31.1


def test_when_patience_is_over_everybody_is_told_the_same_line_at_once() -> None:
    server, models = _one(lambda *_: NoAnswer("away", "cannot be reached (refused)"), patience=120)
    came = _run(lambda: _all(models, 100))
    lines = {str(error) for error in came if isinstance(error, BadEndpoint)}
    assert (len(came), len(lines)) == (100, 1)
    assert lines.pop() == (
        f"{URLS[0]} (model m) cannot be reached (refused); it has not answered for 120 s: see that it runs, and resume"
    )
    assert 120 <= server.asked[-1] <= 122


NOBODY = NoAnswer("away", "cannot be reached (refused)", nobody=True)


def test_where_nobody_has_ever_listened_it_is_said_soon() -> None:
    server, models = _one(lambda *_: NOBODY)
    came = _run(lambda: _all(models, 30))
    (line,) = {str(error) for error in came if isinstance(error, BadEndpoint)}
    assert len(came) == 30 and 10 <= server.asked[-1] <= 30
    assert line.startswith(
        f"{URLS[0]} (model m) cannot be reached (refused); nobody has ever answered there: correct the base URL"
    )


@pytest.mark.parametrize(("how", "back"), [({"pauses": True}, 0.0), ({}, 1.0)])
def test_a_server_that_is_started_late_or_again_is_waited_for(how: dict[str, Any], back: float) -> None:
    """Late where a bad endpoint pauses the run; again in any case: it has been there."""
    _, models = _one(lambda now, _: GOOD if now <= back or now > 600 else NOBODY, **how)
    came = _run(lambda: _in_turn(models, *[_ask()] * 3))
    assert all(isinstance(reply, Reply) for reply in came)


def test_requests_that_are_turned_away_come_again_until_the_pace_is_found() -> None:
    """It bears ten at once. Nobody fails, and it is hardly ever given more than it bears."""
    busy = 0

    async def post(_body: bytes) -> Answer:
        nonlocal busy
        if busy >= 10:
            return Answer(status=429, text="")
        busy += 1
        await anyio.sleep(1)
        busy -= 1
        return GOOD

    models = _models(post, limits=Limits(first=200))

    async def main() -> float:
        came = await _all(models, 400)
        assert all(isinstance(reply, Reply) for reply in came)
        return anyio.current_time()

    assert _run(main) < 90
    assert models.meter().replicas[0].places < 40


def test_a_time_to_wait_is_kept_by_everybody() -> None:
    told = Answer(status=429, text="", headers={"retry-after": "30"})
    server, models = _one(lambda now, _: told if now < 2 else GOOD, limits=Limits(first=5))
    came = _run(lambda: _all(models, 50))
    assert all(isinstance(reply, Reply) for reply in came)
    assert [when for when in server.asked if when < 31] == [0.0] * 5


def test_a_time_to_wait_beyond_all_patience_ends_the_run() -> None:
    told = Answer(status=429, text="", headers={"retry-after": "86400"})
    _, models = _one(lambda *_: told)
    with pytest.raises(BadEndpoint, match="asks to wait 86,400 s"):
        _run(lambda: models.complete(_ask()))


def test_a_bad_endpoint_ends_the_run_at_its_first_answer() -> None:
    server, models = _one(lambda *_: Answer(status=401, text='{"error": "no such key"}'), key="MY_KEY", limits=Limits(first=1))
    came = _run(lambda: _all(models, 500))
    assert {str(error) for error in came} == {
        f'{URLS[0]} (model m) answered 401: "no such key"; '
        "the key is taken from the environment variable MY_KEY: set it to one that is allowed to use the model"
    }
    assert len(server.asked) == 1


def test_a_bad_endpoint_is_waited_for_where_it_is_to_be() -> None:
    bad = Answer(status=404, text='{"error": {"code": "model_not_found", "message": "no m"}}')
    server, models = _one(lambda now, _: bad if now < 9_000 else GOOD, pauses=True)
    came = _run(lambda: _all(models, 20))
    assert all(isinstance(reply, Reply) for reply in came)
    assert 250 < len(server.asked) < 350 + 20


@pytest.mark.parametrize(("role", "blame"), [("agent", "agent"), ("user", "user"), ("judge", "environment")])
def test_a_full_context_ends_that_conversation_alone(role: Role, blame: str) -> None:
    full = Answer(status=400, text='{"error": {"code": "context_length_exceeded", "message": "4096"}}')
    _, models = _one(lambda now, _: GOOD if now < 2 else full)
    everybody: dict[Role, Deployed] = dict.fromkeys(("agent", "user", "judge"), models.roles["agent"])
    models = Models(everybody, Budget())
    came = _run(lambda: _in_turn(models, _ask(role=role), _grown(role), _ask(role=role)))
    assert isinstance(came[0], Reply)
    assert [(each.blame, each.reason) for each in came[1:] if isinstance(each, PartyFailed)] == [
        (blame, "context full"),
        ("environment", "context full"),  # it has not said a word
    ]


@pytest.mark.parametrize(("role", "spoken", "ends"), [("agent", False, True), ("agent", True, False), ("judge", False, False)])
def test_a_context_that_has_no_room_for_a_first_message_is_the_configurations_fault(role: Role, spoken: bool, ends: bool) -> None:
    """Every conversation would fail of it. A conversation that grew too long, and what a judge is to read, is another matter."""
    full = Answer(status=400, text='{"error": {"code": "context_length_exceeded", "message": "4096"}}')
    _, models = _one(lambda *_: full)
    models = Models({role: models.roles["agent"]}, Budget())
    (came,) = _run(lambda: _in_turn(models, _grown(role) if spoken else _ask(role=role)))
    assert isinstance(came, BadEndpoint if ends else PartyFailed)
    assert not ends or "http://a/v1 (model m) answered 400" in str(came)


def test_what_a_server_cannot_read_of_its_model_is_a_reply_and_no_absence() -> None:
    """Asked again as it was, it would come out the same: it is the model that has to be told. Nobody waits for it."""
    body = '{"error": {"code": 500, "message": "Failed to parse input at pos 3: <tool_call>", "type": "server_error"}}'
    server, models = _one(lambda *_: Answer(status=500, text=body))
    came = _run(lambda: _all(models, 20))
    assert len(server.asked) == 20
    replies = [each for each in came if isinstance(each, Reply)]
    assert len(replies) == 20 and {reply.raw for reply in replies} == {body}
    found = read(body)
    assert isinstance(found, Unusable) and (found.by, found.reason) == ("model", "unreadable reply")
    assert "could not be read" in found.told


@pytest.mark.parametrize(("good", "bears"), [(0, UNPROVEN), (1, REFUSALS)])
def test_requests_that_are_all_refused_are_the_configurations_fault(good: int, bears: int) -> None:
    """Sooner where nothing good has ever come."""
    _, models = _one(lambda now, _: GOOD if now <= good else Answer(status=400, text="no"), limits=Limits(first=1, most=1))
    came = _run(lambda: _all(models, 50))
    assert sum(isinstance(error, PartyFailed) for error in came) == bears - 1
    assert sum(isinstance(error, BadEndpoint) for error in came) == 50 - good - bears + 1


def test_one_conversation_that_is_refused_again_and_again_is_not_the_configurations_fault() -> None:
    """Nor are several, where completions came in an earlier session."""
    _, models = _one(lambda *_: Answer(status=400, text="no"))
    came = _run(lambda: _in_turn(models, *[_ask()] * (REFUSALS - 1)))
    assert all(isinstance(error, PartyFailed) for error in came)
    agent = models.roles["agent"]
    resumed = Models({"agent": Deployed(agent.deployment, agent.replicas, prices(), Random(1), known=[URLS[0]])}, Budget())
    came = _run(lambda: _in_turn(resumed, *(_ask(f"s#{number}") for number in range(REFUSALS - 1))))
    assert all(isinstance(error, PartyFailed) for error in came)


def test_requests_that_are_refused_among_answers_are_those_conversations_own() -> None:
    _, models = _one(lambda now, _: GOOD if now % 5 == 1 else Answer(status=400, text="no"), limits=Limits(first=1, most=1))
    came = _run(lambda: _all(models, 100))
    assert sum(isinstance(error, PartyFailed) for error in came) == 80
    assert sum(isinstance(reply, Reply) for reply in came) == 20


def test_a_conversation_stays_with_its_replica_and_conversations_are_spread() -> None:
    servers = [Server(lambda *_: GOOD) for _ in range(3)]
    models = _models(*(server.post for server in servers))

    async def main() -> list[str]:
        homes = []
        for number in range(60):
            two = [await models.complete(_ask(f"s#{number}")) for _ in range(2)]
            assert two[0].usage["endpoint"] == two[1].usage["endpoint"]
            homes.append(two[0].usage["endpoint"])
        return homes

    homes = _run(main)
    assert min(homes.count(url) for url in URLS) > 10


def test_while_a_replica_is_away_its_conversations_go_elsewhere_and_come_back() -> None:
    """Also those that wait for it already."""
    servers = [Server(lambda now, _: GOOD if now > 60 else Answer(status=500, text="")), *(Server(lambda *_: GOOD) for _ in "bc")]
    models = _models(*(server.post for server in servers), limits=Limits(first=5))

    async def main() -> tuple[float, set[str]]:
        came = await _all(models, 200)
        assert all(isinstance(reply, Reply) for reply in came)
        took = anyio.current_time()
        await anyio.sleep(200)
        later = [reply for _ in range(2) for reply in await _all(models, 60) if isinstance(reply, Reply)]
        return took, {reply.usage["endpoint"] for reply in later}

    took, homes = _run(main)
    assert took < 60
    assert homes == set(URLS)


def test_one_replica_that_stays_away_does_not_end_the_run() -> None:
    servers = [Server(lambda *_: NoAnswer("away", "refused")), Server(lambda *_: GOOD)]
    models = _models(*(server.post for server in servers), patience=5)

    async def main() -> None:
        for _ in range(30):
            assert all(isinstance(reply, Reply) for reply in await _all(models, 20))

    _run(main)


@pytest.mark.parametrize("bad", [Answer(status=404, text="no"), WELCOME, NoAnswer("away", "no such name", hopeless=True)])
def test_a_replica_that_cannot_be_used_is_given_up_while_another_can(bad: Answer | NoAnswer) -> None:
    """It is asked no more, and that is to be read. Without any other the run ends."""
    wrong, right = Server(lambda *_: bad), Server(lambda now, _: GOOD if now < 500 else Answer(status=401, text="no"))
    models = _models(wrong.post, right.post, limits=Limits(first=2, most=2))

    async def main() -> tuple[list[Reply | Exception], str, list[Reply | Exception]]:
        came = [reply for _ in range(10) for reply in [*await _all(models, 40), await anyio.sleep(3)] if reply]
        told = models.meter()
        assert [(each.away, each.why) for each in told.replicas if each.url == URLS[0]] == [(True, "given up")]
        await anyio.sleep(500)
        return came, told.last_error, await _all(models, 20)

    came, error, end = _run(main)
    assert all(isinstance(reply, Reply) for reply in came)
    assert error.startswith(f"{URLS[0]} (model m) ") and error.endswith("the run goes on without it")
    assert max(wrong.asked) < 100 and len(wrong.asked) < 12, "who waits there goes elsewhere"
    assert {type(each) for each in end} == {BadEndpoint} and f"{URLS[1]} (model m) answered 401" in str(end[0])


def test_a_name_that_is_unknown_from_the_beginning_is_a_wrong_url_and_later_a_failure_like_any() -> None:
    unknown = NoAnswer("away", "cannot be reached (name not known)", hopeless=True)
    _, models = _one(lambda *_: unknown)
    with pytest.raises(BadEndpoint, match=r"name not known.*correct the base URL"):
        _run(lambda: models.complete(_ask()))
    _, models = _one(lambda now, _: unknown if 1 < now < 100 else GOOD)
    assert all(isinstance(reply, Reply) for reply in _run(lambda: _twice(models)))


async def _twice(models: Models) -> list[Reply]:
    return [await models.complete(_ask()) for _ in range(2)]


def test_the_meter_shows_how_it_stands_and_what_was_wrong() -> None:
    server, models = _one(lambda now, _: Answer(status=503, text="full") if now < 1.5 else GOOD, limits=Limits(first=8))

    async def main() -> Any:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(_all, models, 20)
            await anyio.sleep(0.5)
            early = models.meter()
        return early

    early, late = _run(main), models.meter()
    assert (early.asking, early.in_flight, early.replicas[0].waiting, early.last_error) == (20, 8, 12, "")
    assert (late.asking, late.in_flight, late.spent.replies, late.by_role["agent"].tokens) == (0, 0, 20, 20 * 99)
    assert late.last_error == f'{URLS[0]} (model m) answered 503: "full"'
    assert late.replicas[0].why in ("growing", "answered 503"), "its words are in the last error"
    assert server.most == 8


def test_a_request_that_is_cancelled_gives_its_place_back() -> None:
    _, models = _one(lambda *_: GOOD, limits=Limits(first=2, most=2))

    async def main() -> None:
        for _ in range(10):
            with anyio.move_on_after(0.5):
                await _all(models, 5)
        assert models.meter().in_flight == 0
        assert len(await _all(models, 5)) == 5

    _run(main)


@pytest.mark.parametrize(
    "wrong",
    [
        {"urls": ("http://user:secret@host/v1",)},
        {"urls": ("http://host/v1?key=secret",)},
        {"urls": ("host:8000",)},
        {"urls": ()},
        {"model": ""},
        {"sampling": {"stream": True}},
        {"attempts": 0},
    ],
)
def test_a_deployment_that_cannot_be_asked_is_refused_without_repeating_it(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError) as refused:
        Deployment(**{"model": "m", **wrong})
    assert "secret" not in str(refused.value)
