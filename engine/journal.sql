-- The file of a run (journal.sqlite), as every version since the first has written it.
--
-- A conversation's key, `conversation`, is the place of its scenario in the run times 65536 plus the trial: keys are in
-- the order of the run. Bodies are JSON in UTF-8, decoded by engine/conversation/events.py and engine/checkers/verdict.py.
-- Events are only ever added. A conversation that failed is dropped before it is carried out again: whole, or from where
-- replies of models, which are paid for, are no longer as good as ever.

-- What the run is: its configuration as JSON (`content`), the sha256 that names it (`digest`), the scenario files
-- (`paths`), seconds over all its sessions (`wall_s`, `cpu_s`), whether it was closed in order (`closed`: 'no' meanwhile).
CREATE TABLE IF NOT EXISTS run (
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL
);

-- What happened: `number` counts from 0 in each conversation, without a gap. `body`: {"type": "Opened" | "Replied" |
-- "Spoke" | "Called" | "Returned" | "Failed" | "Closed", ...}. A conversation is over when its last is Failed or Closed.
CREATE TABLE IF NOT EXISTS events (
    conversation INTEGER NOT NULL,
    number       INTEGER NOT NULL,
    body         TEXT NOT NULL
);
CREATE UNIQUE INDEX IF NOT EXISTS event_of ON events (conversation, number);

-- What each conversation that is over was found to be. `standing`: accepted, rejected, failed (could not be carried
-- out) or unjudged (a check crashed). `body`: {"standing", "reason", "blame", "findings": [{"check", "result", "detail",
-- "events", ...}, ...], "reads", "writes", ...}.
CREATE TABLE IF NOT EXISTS verdicts (
    conversation INTEGER NOT NULL,
    standing     TEXT NOT NULL,
    body         TEXT NOT NULL
);
CREATE UNIQUE INDEX IF NOT EXISTS verdict_of ON verdicts (conversation);

-- Why conversations were begun anew: what the environment failed at each attempt (from 1), whose end is gone.
CREATE TABLE IF NOT EXISTS retries (
    conversation INTEGER NOT NULL,
    attempt      INTEGER NOT NULL,
    reason       TEXT NOT NULL,
    detail       TEXT NOT NULL
);
CREATE UNIQUE INDEX IF NOT EXISTS retry_of ON retries (conversation, attempt);

-- The views read the bodies, so that queries need not. They are made anew whenever a journal is opened for writing by a
-- version that has others; a journal without them is as good.

-- One row a conversation that has begun. `standing` is 'running' while there is no verdict, and `reason`, `blame`,
-- `reads` and `writes` are NULL; the counts of events are those of what has happened so far.
DROP VIEW IF EXISTS conversations;
CREATE VIEW conversations AS
SELECT opened.conversation,
       json_extract(opened.body, '$.scenario') AS scenario,
       json_extract(opened.body, '$.trial') AS trial,
       json_extract(opened.body, '$.domain') AS domain,
       COALESCE(verdicts.standing, 'running') AS standing,
       json_extract(verdicts.body, '$.reason') AS reason,
       json_extract(verdicts.body, '$.blame') AS blame,
       (SELECT COUNT(*) FROM events WHERE events.conversation = opened.conversation) AS events,
       (SELECT COUNT(*) FROM messages WHERE messages.conversation = opened.conversation) AS messages,
       (SELECT COUNT(*) FROM tool_calls WHERE tool_calls.conversation = opened.conversation) AS tool_calls,
       json_extract(verdicts.body, '$.reads') AS reads,
       json_extract(verdicts.body, '$.writes') AS writes
FROM events AS opened
LEFT JOIN verdicts ON verdicts.conversation = opened.conversation
WHERE opened.number = 0;

-- One row a message. `move` is the number of the move that it belongs to, `leaves` 1 where the party leaves with it.
DROP VIEW IF EXISTS messages;
CREATE VIEW messages AS
SELECT conversation,
       number,
       json_extract(body, '$.move') AS move,
       json_extract(body, '$.party') AS party,
       json_extract(body, '$.text') AS text,
       json_extract(body, '$.leaves') AS leaves
FROM events
WHERE json_extract(body, '$.type') = 'Spoke';

-- One row a tool call, as it was written: `arguments` is the text of its JSON, malformed or not. `result` and `error` (1:
-- the tool refused) are NULL for a call that was not answered. An answer is the event after its call.
DROP VIEW IF EXISTS tool_calls;
CREATE VIEW tool_calls AS
SELECT called.conversation,
       called.number,
       json_extract(called.body, '$.move') AS move,
       json_extract(called.body, '$.call') AS call,
       json_extract(called.body, '$.party') AS party,
       json_extract(called.body, '$.name') AS name,
       json_extract(called.body, '$.arguments') AS arguments,
       json_extract(returned.body, '$.text') AS result,
       json_extract(returned.body, '$.error') AS error
FROM events AS called
LEFT JOIN events AS returned
       ON returned.conversation = called.conversation
      AND returned.number = called.number + 1
      AND json_extract(returned.body, '$.type') = 'Returned'
WHERE json_extract(called.body, '$.type') = 'Called';

-- One row a finding: what a check (`name`) said of a conversation: pass, fail, unsure or not judged. `events` are the
-- numbers of the events that show it, as a JSON list.
DROP VIEW IF EXISTS checks;
CREATE VIEW checks AS
SELECT verdicts.conversation,
       json_extract(found.value, '$.check') AS name,
       json_extract(found.value, '$.result') AS result,
       json_extract(found.value, '$.detail') AS detail,
       json_extract(found.value, '$.events') AS events
FROM verdicts, json_each(verdicts.body, '$.findings') AS found;
