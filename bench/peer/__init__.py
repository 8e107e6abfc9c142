"""An OpenAI-compatible server of ours that knows its parts, for tests and measurements; it does on demand what is wrong with
real ones.

    python -m bench.peer scenarios/ --run runs/ID --latency lognormal:0.8,0.4 --faults 0.02 --log peer.jsonl

plays all scenarios once in this process (expert and scripted user; `--run` takes their moves from a run's journal instead),
listens on loopback and prints its base URL, `http://127.0.0.1:PORT/v1`, as the first line. As agent and as user it answers each
request with the move that comes next in that conversation, whichever trial it is. GET /peer tells how it stands (requests,
answers, connections, in flight, faults by name, CPU seconds) and writes out the log, which has a line for every request. It ends
in good order by SIGTERM. `started.py` does all that from Python:

    with started("scenarios", "--latency", "fixed:1", run=run) as peer:
        peer.url; peer.standing()

Below, in this order: `rehearsing` (scenarios to parts), `places` (a request to its place in a conversation), `faults`, `latency`,
`record` (the log), `server`.
"""
