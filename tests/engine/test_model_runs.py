"""Runs with models over HTTP, from the command line: they are accepted, go on where they stopped, and pay for nothing twice."""

import json
import signal
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from starlette.responses import Response

from engine.clock import run_virtual
from engine.conversation.events import Replied
from engine.journal import Happened, InlineSink, Journal, Retried, key
from engine.models.wire import Said, read
from engine.run import JOURNAL
from engine.scenario import encode
from engine.simulation import simulate
from tests.engine import stages
from tests.engine.rehearsals import Models, rehearsed
from tests.engine.serving import KEY, MODEL, SCENARIOS, Server, serving
from tests.engine.test_retries import Shaky, trying
from tests.engine.writ import PRICE, Finished, command, environment, scenario, writ, written

GOLD = ("--agent", "gold", "--tools", "direct")
AT_A = ("--agent", "openai:x", "--base-url", "http://a/v1")
LIVE = ("--agent", f"openai:{MODEL}", "--user", f"openai:{MODEL}", "--tools", "direct", "--concurrency", "3")


@pytest.fixture
def server() -> Iterator[Server]:
    with serving() as made:
        yield made


@pytest.fixture(scope="module")
def pack(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("pack") / "lamps.jsonl"
    path.write_bytes(b"".join(map(encode, stages.scenarios(SCENARIOS))))
    return path


def started(pack: Path, out: Path, *more: object, key: str = KEY) -> subprocess.Popen[str]:
    words = command("run", pack, "--out", out, *more)
    around = environment() | {"OPENAI_API_KEY": key}
    return subprocess.Popen(words, env=around, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=pack.parent)


def ran(pack: Path, out: Path, *more: object, key: str = KEY) -> Finished:
    with started(pack, out, *more, key=key) as process:
        try:
            said, wrong = process.communicate(timeout=60)
        finally:
            process.kill()
    return Finished(process.args, process.returncode, said, wrong)


def replies(out: Path) -> list[Replied]:
    with Journal(out / JOURNAL, read_only=True) as journal:
        return list(journal.replies())


def digest(out: Path) -> str:
    with Journal(out / JOURNAL, read_only=True) as journal:
        return journal.digest()


def rows(out: Path) -> tuple[bytes, bytes]:
    return (out / "accepted.jsonl").read_bytes(), (out / "rejected.jsonl").read_bytes()


def journaled(server: Server, out: Path) -> set[str]:
    """The requests whose replies are in a journal."""
    return {server.asked_by(reply.raw) for reply in replies(out)}


def test_models_behind_an_endpoint_play_a_run_that_is_accepted(server: Server, pack: Path, tmp_path: Path) -> None:
    """What they used is in the summary, by role, and by accepted trajectory; how it went in the log. The key is nowhere."""
    (tmp_path / "prices.toml").write_text(f'["{MODEL}"]\nprompt = 1.0\ncompletion = 2.0\n')
    told = ran(pack, tmp_path / "out", *LIVE, "--base-url", server.url, "--json", "--prices", tmp_path / "prices.toml")
    assert told.returncode == 0, told.stderr
    summary = json.loads(told.stdout)
    assert (summary["accepted"], summary["rows"]) == (SCENARIOS, SCENARIOS)
    used, counted = summary["usage"]["roles"], replies(tmp_path / "out")
    assert used["agent"]["replies"] + used["user"]["replies"] == len(counted) == len(server.asked) == len(set(server.asked))
    cost = 0.0
    for reply in counted:
        cost += (reply.usage["prompt_tokens"] + 2 * reply.usage["completion_tokens"]) / 1e6
    assert summary["usage"]["cost_per_accepted"] == pytest.approx(cost / SCENARIOS, abs=1e-6)
    assert summary["usage"]["by_recipe"]
    log = [json.loads(line) for line in (tmp_path / "out" / "log.jsonl").read_text().splitlines()]
    assert [line["event"] for line in log if line["event"] in ("begun", "ended")] == ["begun", "ended"]
    assert all(KEY.encode() not in path.read_bytes() for path in (tmp_path / "out").iterdir())
    assert ran(pack, tmp_path / "out", *LIVE, "--base-url", server.url).returncode == 0
    assert len(server.asked) == len(counted), "a finished run asks nobody"


@pytest.mark.parametrize("last", [4, 23])
def test_a_run_that_was_killed_goes_on_and_asks_nothing_again_that_it_has(
    server: Server, pack: Path, tmp_path: Path, last: int
) -> None:
    """The rows are those of a run that nobody killed."""
    running: list[subprocess.Popen[str]] = []

    def kill(number: int, _body: Mapping[str, Any]) -> None:
        if number == last:
            running[0].send_signal(signal.SIGKILL)

    assert ran(pack, tmp_path / "whole", *LIVE, "--base-url", server.url).returncode == 0
    server.forget()
    server.before = kill
    with started(pack, tmp_path / "out", *LIVE, "--base-url", server.url) as process:
        running.append(process)
        assert process.wait(60) == -signal.SIGKILL
    had, before = journaled(server, tmp_path / "out"), len(server.asked)
    assert had or last < 10
    told = ran(pack, tmp_path / "out", *LIVE, "--base-url", server.url)
    assert told.returncode == 0, told.stderr
    assert not had & set(server.asked[before:])
    assert rows(tmp_path / "out") == rows(tmp_path / "whole")


def test_a_run_is_played_again_from_its_replies_without_a_network(server: Server, pack: Path, tmp_path: Path) -> None:
    """Every event, verdict and row, byte for byte; malformed replies as well."""

    def odd(number: int, _body: Mapping[str, Any]) -> Response | None:
        return Response(b"<html>") if number % 7 == 0 else None

    server.before = odd
    assert ran(pack, tmp_path / "then", *LIVE, "--base-url", server.url).returncode == 0
    before = len(server.asked)
    told = ran(pack, tmp_path / "now", *LIVE, "--replay", tmp_path / "then", key="")
    assert told.returncode == 0, told.stderr
    assert len(server.asked) == before
    assert any(not isinstance(read(reply.raw), Said) for reply in replies(tmp_path / "now"))
    assert digest(tmp_path / "now") == digest(tmp_path / "then")
    assert rows(tmp_path / "now") == rows(tmp_path / "then")


@pytest.mark.parametrize(
    ("options", "key", "said"),
    [
        (LIVE, "sk-another-that-is-wrong", "answered 401"),
        ((*LIVE, "--base-url", "{url}/v2"), KEY, "answered 404"),
        (("--agent", "openai:nobody", *LIVE[2:]), KEY, "The model `nobody` does not exist."),
    ],
)
def test_an_endpoint_that_cannot_be_used_ends_the_run_in_one_line(
    server: Server, pack: Path, tmp_path: Path, options: tuple[str, ...], key: str, said: str
) -> None:
    """Exit 2: which endpoint, what it answered. When that is mended the run goes on in its folder."""
    url = () if "--base-url" in options else ("--base-url", server.url)
    told = ran(pack, tmp_path / "out", *(each.replace("{url}", server.url) for each in options), *url, "--quiet", key=key)
    assert (told.returncode, told.stderr.count("\n")) == (2, 1), told.stderr
    assert server.url in told.stderr and said in told.stderr and key not in told.stderr
    if "openai:nobody" not in options:
        assert ran(pack, tmp_path / "out", *LIVE, "--base-url", server.url).returncode == 0


def test_an_endpoint_that_turns_bad_ends_the_run_and_nothing_is_paid_for_again(
    server: Server, pack: Path, tmp_path: Path
) -> None:
    server.before = lambda number, _body: Response(b"no", status_code=403) if number > 20 else None
    assert ran(pack, tmp_path / "out", *LIVE, "--base-url", server.url).returncode == 2
    had, before = journaled(server, tmp_path / "out"), len(server.asked)
    assert 18 <= len(had) <= 20, "two more may have been on their way"
    last = json.loads((tmp_path / "out" / "log.jsonl").read_text().splitlines()[-1])
    assert last["event"] == "ended" and f"{server.url} (model {MODEL}) answered 403" in last["why"]
    server.before = None
    assert ran(pack, tmp_path / "out", *LIVE, "--base-url", server.url).returncode == 0
    assert not had & set(server.asked[before:])


def test_a_request_has_the_prompt_and_the_sampling_of_its_role(server: Server, pack: Path, tmp_path: Path) -> None:
    """Another prompt is another run."""
    bodies: list[Mapping[str, Any]] = []
    server.before = lambda _number, body: bodies.append(body)
    prompt = tmp_path / "prompt.md"
    prompt.write_text("Be kind.\n")
    sampling = ("--temperature", "0.5", "--sampling-seed", "7", "--user-sampling", '{"temperature": 0.9, "top_k": 20}')
    words = (*LIVE, *sampling, "--base-url", server.url, "--limit", "1", "--system-prompt", prompt)
    assert ran(pack, tmp_path / "out", *words).returncode == 0
    policy = stages.LIGHTS.policy(stages.world().facts)
    of_agent = [body for body in bodies if body["messages"][0]["content"] == f"Be kind.\n\n{policy}"]
    of_user = [body for body in bodies if body not in of_agent]
    assert {body["temperature"] for body in of_agent} == {0.5} and {body["temperature"] for body in of_user} == {0.9}
    assert all(body["top_k"] == 20 for body in of_user) and not any("top_k" in body for body in of_agent)
    assert len({body["seed"] for body in bodies}) == len(bodies), "no reply is drawn as the one before it"
    row = json.loads((tmp_path / "out" / "accepted.jsonl").read_text(encoding="utf-8"))
    assert row["messages"][0]["content"] == f"Be kind.\n\n{policy}", "a row has what the model was told"
    assert (row["metadata"]["agent"], row["metadata"]["user"]) == (f"openai:{MODEL}", f"openai:{MODEL}")
    prompt.write_text("{policy}\n\nBe kind.")
    told = ran(pack, tmp_path / "out", *words)
    assert told.returncode == 2 and "holds another run (prompt: " in told.stderr


def test_an_endpoint_that_is_bad_for_a_while_holds_the_run_up_where_that_is_wanted(
    server: Server, pack: Path, tmp_path: Path
) -> None:
    server.before = lambda number, _body: Response(b"no", status_code=403) if 10 <= number < 13 else None
    assert ran(pack, tmp_path / "out", *LIVE, "--base-url", server.url, "--on-bad-endpoint", "pause").returncode == 0
    assert len(server.answered) == len(set(server.answered))


def test_a_judge_is_asked_once_about_what_is_said_in_words(server: Server, tmp_path: Path) -> None:
    """After the conversations, whoever played them; what they said is replayed like any reply."""
    task = scenario("price", PRICE, basis=("DB", "NL_ASSERTION"), assertions=("The price was said.", "A yes was asked for."))
    pack = written(tmp_path / "pack.jsonl", [task])
    judged = (*GOLD, "--judge", MODEL)
    for _ in range(2):
        told = ran(pack, tmp_path / "out", *judged, "--base-url", server.url, "--json")
        assert told.returncode == 0, told.stderr
    again = ran(pack, tmp_path / "again", *judged, "--replay", tmp_path / "out", "--json", key="")
    assert again.returncode == 0, again.stderr
    assert len(server.asked) == 1
    for each in (told, again):
        summary = json.loads(each.stdout)
        assert summary["public"]["judge"] == MODEL and summary["public"]["right"] == 1
        assert summary["usage"]["roles"]["judge"]["replies"] == 1


SAYS = {"basis": ("DB", "NL_ASSERTION"), "assertions": ("The price was said.", "A yes was asked for.")}


def test_a_run_that_nobody_judged_is_judged_later_where_it_is(server: Server, tmp_path: Path) -> None:
    """Nothing is played again, the rows stay; without a judge the run keeps what was said. Answers to other parameters are not
    mixed."""
    pack, out = written(tmp_path / "pack.jsonl", [scenario("price", PRICE, **SAYS)]), tmp_path / "out"
    assert ran(pack, out, *GOLD).returncode == 0
    before = digest(out), rows(out)
    judge = (*GOLD, "--judge", MODEL, "--base-url", server.url)
    for words in (judge, GOLD):
        told = ran(pack, out, *words, "--json")
        assert told.returncode == 0, told.stderr
        public = json.loads(told.stdout)["public"]
        assert (public["judge"], public["right"]) == (MODEL, 1)
    assert ((digest(out), rows(out)), len(server.asked)) == (before, 1)
    other = ran(pack, out, *judge, "--judge-sampling", '{"temperature": 0.5}', "--quiet")
    assert (other.returncode, other.stderr.count("\n")) == (2, 1), other.stderr
    assert f"the judge {MODEL} has answered here with --judge-sampling {{}}" in other.stderr


def test_a_replay_asks_the_judge_where_it_is_said_to_be(server: Server, tmp_path: Path) -> None:
    """What nobody was asked then is asked now, once; where nobody says where the judge is, that is said."""
    pack = written(tmp_path / "pack.jsonl", [scenario("price", PRICE, **SAYS)])
    assert ran(pack, tmp_path / "then", *GOLD).returncode == 0
    replay = (*GOLD, "--replay", tmp_path / "then", "--judge", MODEL)
    told = ran(pack, tmp_path / "now", *replay, "--quiet")
    assert told.returncode == 0
    assert f"1 conversations have no answer of the judge; {tmp_path / 'then'} has none either: give --judge-base" in told.stderr
    for _ in range(2):
        told = ran(pack, tmp_path / "now", *replay, "--judge-base-url", server.url, "--json")
        assert json.loads(told.stdout)["public"]["right"] == 1, told.stderr
    assert len(server.asked) == 1


def test_a_judge_is_asked_no_more_than_the_budget_pays_for(server: Server, tmp_path: Path) -> None:
    """The run stops, and goes on with more."""
    pack = written(tmp_path / "pack.jsonl", [scenario(name, PRICE, **SAYS) for name in "abc"])
    judge = (*GOLD, "--judge", MODEL, "--base-url", server.url, "--concurrency", "1")
    for _ in range(2):
        told = ran(pack, tmp_path / "out", *judge, "--max-tokens", "1")
        assert (told.returncode, len(server.asked)) == (130, 1), told.stderr
        assert "3 of 3 conversations are judged; 2 have no answer of the judge; --max-tokens is reached: " in told.stderr
    assert json.loads((tmp_path / "out" / "summary.json").read_text())["public"]["right"] == 1
    told = ran(pack, tmp_path / "out", *judge, "--max-tokens", "1000000", "--json")
    assert (json.loads(told.stdout)["public"]["right"], len(server.asked)) == (3, 3)


def test_a_budget_stops_the_run_when_what_runs_has_ended(server: Server, pack: Path, tmp_path: Path) -> None:
    """Nothing new is begun; the conversations that had begun are judged and written; with more it goes on."""
    stopped = ran(pack, tmp_path / "out", *LIVE, "--base-url", server.url, "--max-tokens", "1")
    assert stopped.returncode == 130
    assert "3 of 6 conversations are judged; --max-tokens is reached" in stopped.stderr, stopped.stderr
    summary = json.loads((tmp_path / "out" / "summary.json").read_text())
    used = summary["usage"]["tokens"]
    assert f"{used:,} of 1 tokens are spent; {used - 1:,} tokens more than --max-tokens 1: what had begun" in stopped.stderr
    assert "To go on, raise --max-tokens: " in stopped.stderr.splitlines()[-1]
    assert (summary["accepted"], summary["rows"]) == (3, 3) and summary["stopped"].startswith("3 of 6 conversations are judged")
    written = rows(tmp_path / "out")[0].splitlines()
    assert len(written) == 3
    fewer = ran(pack, tmp_path / "out", *LIVE, "--base-url", server.url, "--limit", "2")
    assert fewer.returncode == 2 and "has the rows of more scenarios than 2" in fewer.stderr
    had, before = journaled(server, tmp_path / "out"), len(server.asked)
    again = ran(pack, tmp_path / "out", *LIVE, "--base-url", server.url, "--max-tokens", "1")
    assert (again.returncode, len(server.asked)) == (130, before), "what was spent before counts"
    whole = ran(pack, tmp_path / "out", *LIVE, "--base-url", server.url, "--max-tokens", "10000000", "--json")
    assert whole.returncode == 0 and "stopped" not in json.loads(whole.stdout)
    assert not had & set(server.asked[before:])
    assert len(rows(tmp_path / "out")[0].splitlines()) == SCENARIOS and set(written) <= set(
        rows(tmp_path / "out")[0].splitlines()
    )


def test_a_run_that_ends_over_its_budget_says_by_how_much(server: Server, pack: Path, tmp_path: Path) -> None:
    """All had begun when it was spent. Without a price its cost is unknown, not nothing."""
    told = ran(pack, tmp_path / "out", *LIVE, "--base-url", server.url, "--max-tokens", "1", "--limit", "2")
    assert told.returncode == 0, told.stderr
    usage = json.loads((tmp_path / "out" / "summary.json").read_text())["usage"]
    over = f"spent {usage['tokens'] - 1:,} tokens more than --max-tokens 1: what had begun came to its end"
    assert told.stderr.splitlines()[-1] == over
    assert usage["cost"] is usage["cost_per_accepted"] is usage["roles"]["agent"]["cost"] is None and usage["unpriced"]
    assert "tokens, cost unknown; " in told.stdout and "USD" not in told.stdout


def test_a_run_that_was_stopped_is_replayed_as_far_as_it_came(server: Server, pack: Path, tmp_path: Path) -> None:
    """What to do is said, and it is not to repeat the command."""
    stopped = ran(pack, tmp_path / "then", *LIVE, "--base-url", server.url, "--max-tokens", "1")
    assert stopped.returncode == 130
    told = ran(pack, tmp_path / "now", *LIVE, "--replay", tmp_path / "then", "--quiet", key="")
    assert (told.returncode, told.stderr.count("\n")) == (2, 1), told.stderr
    assert "then: was stopped before " in told.stderr and "the same command" not in told.stderr
    assert ran(pack, tmp_path / "now", *LIVE, "--replay", tmp_path / "then", "--limit", "3", key="").returncode == 0


def test_what_an_endpoint_answered_to_a_conversation_that_failed_is_said_and_logged(
    server: Server, pack: Path, tmp_path: Path
) -> None:
    server.before = lambda *_: Response(b"<html>upstream is tired</html>")
    told = ran(pack, tmp_path / "out", *LIVE, "--base-url", server.url, "--limit", "1", "--retries", "0")
    assert told.returncode == 1
    (line,) = [each for each in told.stderr.splitlines() if "conversation failed" in each]
    assert "upstream is tired" in line
    logged = [json.loads(each) for each in (tmp_path / "out" / "log.jsonl").read_text().splitlines()]
    (failed,) = [each for each in logged if each["event"] == "conversation"]
    assert failed["blame"] == "environment" and any("upstream is tired" in each for each in failed["details"])
    assert logged[-1]["event"] == "ended" and logged[-1]["failed"] == {"environment": 1}


def test_runs_of_shards_with_models_are_merged_without_an_endpoint(server: Server, pack: Path, tmp_path: Path) -> None:
    for number in (1, 2):
        part = (*LIVE, "--base-url", server.url, "--limit", "2", "--shard", f"{number}/2")
        assert ran(pack, tmp_path / str(number), *part).returncode == 0
    told = writ("merge", "1", "2", "--out", "whole", "--scenarios", pack, cwd=tmp_path)
    assert told.returncode == 0, told.stderr
    assert len(rows(tmp_path / "whole")[0].splitlines()) == 2


def test_what_an_endpoint_sends_instead_of_replies_costs_no_reply_that_was_good(
    server: Server, pack: Path, tmp_path: Path
) -> None:
    """The conversation fails by the environment and is begun anew: from where it stands."""
    server.before = lambda number, _body: Response(b"<html>") if 20 <= number < 30 else None
    told = ran(pack, tmp_path / "out", *LIVE, "--base-url", server.url, "--json", "--retries", "9")
    assert told.returncode == 0, told.stderr
    summary = json.loads(told.stdout)
    assert summary["accepted"] == SCENARIOS and summary["retried"] > 0
    assert len(server.answered) == len(set(server.answered))


def test_a_guided_run_whose_model_changes_no_word_has_the_rows_of_one_without_a_model(
    server: Server, pack: Path, tmp_path: Path
) -> None:
    guided = ("--agent", f"guided:{MODEL}", "--user", f"guided:{MODEL}", *LIVE[4:])
    assert ran(pack, tmp_path / "guided", *guided, "--base-url", server.url).returncode == 0
    assert ran(pack, tmp_path / "plain", *LIVE[4:]).returncode == 0
    by_models, plain = rows(tmp_path / "guided"), rows(tmp_path / "plain")
    players = f'"agent":"guided:{MODEL}","user":"guided:{MODEL}"', '"agent":"expert","user":"scripted"'
    assert (by_models[0].decode().replace(*players).encode(), by_models[1]) == plain
    assert len(server.asked) > 6 * SCENARIOS


def test_a_dry_run_says_what_all_would_come_to_and_what_it_played_is_kept(server: Server, pack: Path, tmp_path: Path) -> None:
    told = ran(pack, tmp_path / "out", *LIVE, "--base-url", server.url, "--dry-run", "2", "--json")
    found, asked = json.loads(told.stdout), len(server.asked)
    spent = json.loads((tmp_path / "out" / "summary.json").read_text())["usage"]["tokens"]
    assert (found["conversations"], found["played"], found["tokens"]) == (SCENARIOS, 2, 3 * spent)
    had = journaled(server, tmp_path / "out")
    assert ran(pack, tmp_path / "out", *LIVE, "--base-url", server.url).returncode == 0
    assert not had & set(server.asked[asked:])


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--agent", "openai:"), "--agent: input should be one of expert, gold"),
        (("--agent", "openai:x"), "--base-url: where is the model x?"),
        (("--user", "openai:x", "--base-url", "http://a/v1"), "--agent expert: cannot read what the model x writes"),
        (("--agent", "guided:y", "--user", "openai:x"), "take --agent openai:MODEL, or --user guided:x"),
        (("--user", "guided:x"), "--base-url or --user-base-url: where is the model x?"),
        (("--agent", "openai:x", "--base-url", "ftp://x"), "the agent's endpoint: a base URL is"),
        ((*AT_A, "--key-env", "NO_SUCH_KEY"), "the environment has no NO_SUCH_KEY"),
        ((*AT_A, "--workers", "2"), "--workers: models are asked by one process"),
        ((*AT_A, "--agent-sampling", "[1]"), """--agent-sampling: input should be a JSON object, such as {"top_k": 20}, not"""),
        ((*AT_A, "--agent-sampling", '{"n": 2}'), "no sampling parameters: n"),
        (
            (*AT_A, "--prices", "none.toml"),
            "--prices: none.toml: no table of prices",
        ),
        (
            (*AT_A, "--system-prompt", "none"),
            "none: the system prompt cannot be read",
        ),
        (("--agent", "openai:x", "--replay", "nowhere"), "nowhere: no run is there"),
    ],
)
def test_what_cannot_be_run_is_said_in_one_line_before_anything_is_asked(
    pack: Path, tmp_path: Path, options: tuple[str, ...], said: str
) -> None:
    told = ran(pack, tmp_path / "out", *options)
    assert (told.returncode, told.stderr.count("\n")) == (2, 1), told.stderr
    assert said in told.stderr


def test_tools_that_fail_cost_no_reply(tmp_path: Path) -> None:
    """Begun anew, a conversation goes on from its replies: the events are those of a run in which nothing failed."""
    endpoint, asked = rehearsed(count=12)
    toolbox = Shaky(2)
    with Journal(tmp_path / "a") as whole, Journal(tmp_path / "b") as journal:
        run_virtual(simulate, stages.jobs(12), trying(0, casting=Models(endpoint)), InlineSink(whole), 3, lambda *_: None)
        asked.clear()
        run_virtual(simulate, stages.jobs(12), trying(2, toolbox, Models(endpoint)), InlineSink(journal), 3, lambda *_: None)
        assert journal.digest() == whole.digest()
        assert journal.retried(12, 1) == toolbox.failed.total() > 0
    places = [(ask.conversation, ask.role, ask.move, ask.attempt) for ask in asked]
    assert len(places) == len(set(places))


def test_a_batch_keeps_of_a_conversation_what_its_retry_keeps(tmp_path: Path) -> None:
    """Also of what was written before, and when it is begun anew twice."""
    events = [stages.opened(), *(Replied(party="user", move=1, attempt=attempt, raw="{}") for attempt in range(4))]
    entries = [Happened(key(0, 0), number, event) for number, event in enumerate(events)]
    with Journal(tmp_path / "j") as journal:
        journal.write(entries[:2])
        journal.write([*entries[2:], Retried(key(0, 0), "x", kept=4), entries[4], Retried(key(0, 0), "x", kept=3)])
        assert journal.events(key(0, 0)) == events[:3]
        journal.write([Retried(key(0, 0), "x", kept=1), entries[1]])
        assert journal.events(key(0, 0)) == events[:2]
