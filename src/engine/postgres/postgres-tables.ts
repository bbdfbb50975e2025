/**
 * The tables of version 1. All names begin with `pw_`: the schema may be shared. Ids and keys are `text` as
 * `toColumn` writes them, JSON is `text` (jsonb holds neither NUL nor halves of surrogate pairs), times that come from a
 * Clock are milliseconds as double precision (a virtual clock may give fractions), times of the server's own are timestamptz.
 */

export const tablesVersion1 = `
  -- card: what of the record never changes, less its setup, as JSON. setup: JSON.
  CREATE TABLE pw_runs (
    run_key bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    run_id text COLLATE "C" NOT NULL UNIQUE,
    root_run_id text COLLATE "C" NOT NULL,
    parent_run_id text COLLATE "C",
    created_ms double precision NOT NULL,
    status text NOT NULL,
    strategy text NOT NULL,
    end_reason text,
    ended_ms double precision,
    forecast text,
    card text NOT NULL,
    setup text NOT NULL
  );
  CREATE INDEX ON pw_runs (root_run_id);
  CREATE INDEX ON pw_runs (created_ms, run_key);

  -- body: the event as JSON.
  CREATE TABLE pw_events (
    run_key bigint NOT NULL,
    seq integer NOT NULL,
    at_ms double precision NOT NULL,
    body text NOT NULL,
    PRIMARY KEY (run_key, seq)
  );

  -- hash: SHA-256 of body (JSON; UTF-8), in hexadecimal. put_at: when it was put last.
  CREATE TABLE pw_values (
    hash text COLLATE "C" PRIMARY KEY,
    body text NOT NULL,
    put_at timestamptz NOT NULL DEFAULT clock_timestamp()
  );
  CREATE TABLE pw_blobs (
    hash text COLLATE "C" PRIMARY KEY,
    body bytea NOT NULL,
    put_at timestamptz NOT NULL DEFAULT clock_timestamp()
  );

  -- record: the call less its key and response, as JSON. tokens, usd: what it counts for in pw_spent, in the rows
  -- of the runs that counted names; both 0 for a tool's call.
  -- writer: the store instance that put it.
  CREATE TABLE pw_calls (
    call_key text COLLATE "C" PRIMARY KEY,
    root_run_id text COLLATE "C" NOT NULL,
    counted text[] NOT NULL,
    outcome text NOT NULL,
    is_model boolean NOT NULL,
    tokens double precision NOT NULL,
    usd double precision NOT NULL,
    writer text NOT NULL,
    record text NOT NULL,
    response text
  );
  CREATE INDEX ON pw_calls (root_run_id);

  -- What the model calls of a run and of the runs below it add up to.
  CREATE TABLE pw_spent (
    run_id text COLLATE "C" PRIMARY KEY,
    root_run_id text COLLATE "C" NOT NULL,
    calls double precision NOT NULL,
    tokens double precision NOT NULL,
    usd double precision NOT NULL
  );
  CREATE INDEX ON pw_spent (root_run_id);

  CREATE TABLE pw_signals (
    signal_key bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    run_key bigint NOT NULL,
    body text NOT NULL
  );
  CREATE INDEX ON pw_signals (run_key, signal_key);

  CREATE TABLE pw_outcomes (
    run_id text COLLATE "C" PRIMARY KEY,
    task_class text COLLATE "C" NOT NULL,
    team text COLLATE "C" NOT NULL,
    ended_ms double precision NOT NULL,
    body text NOT NULL
  );
  CREATE INDEX ON pw_outcomes (ended_ms DESC, run_id);
  CREATE INDEX ON pw_outcomes (task_class, team, ended_ms DESC, run_id);

  CREATE TABLE pw_calibrations (critic_hash text COLLATE "C" PRIMARY KEY, body text NOT NULL);

  -- beat: the server's time of the last heartbeat. state: live, dead (marked by another) or left.
  CREATE TABLE pw_members (
    member_id text COLLATE "C" PRIMARY KEY,
    host text NOT NULL,
    pid integer NOT NULL,
    kind text NOT NULL,
    roles text[] NOT NULL,
    version text NOT NULL,
    lifetime_ms double precision NOT NULL,
    started timestamptz NOT NULL DEFAULT clock_timestamp(),
    beat timestamptz NOT NULL DEFAULT clock_timestamp(),
    state text NOT NULL DEFAULT 'live'
  );

  -- A lease counts while its member is live. The run need not be there.
  CREATE TABLE pw_leases (
    run_id text COLLATE "C" PRIMARY KEY,
    member_id text COLLATE "C" NOT NULL,
    token text NOT NULL,
    since timestamptz NOT NULL DEFAULT clock_timestamp()
  );

  -- held: the call may be under way. budgets: the runs whose budgets it counts in. tokens: estimated, once settled those used.
  CREATE TABLE pw_reservations (
    reservation_id text COLLATE "C" PRIMARY KEY,
    member_id text COLLATE "C" NOT NULL,
    model text COLLATE "C" NOT NULL,
    root_run_id text COLLATE "C" NOT NULL,
    budgets text[] NOT NULL,
    tokens double precision NOT NULL,
    usd double precision NOT NULL,
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    held boolean NOT NULL DEFAULT true
  );
  CREATE INDEX ON pw_reservations (model, at);
  CREATE INDEX ON pw_reservations (model) WHERE held;
  CREATE INDEX ON pw_reservations (root_run_id) WHERE held;

  CREATE TABLE pw_pauses (model text COLLATE "C" PRIMARY KEY, until timestamptz NOT NULL);

  -- Results of work that was handed out, by the run that waits for them. body: JSON.
  CREATE TABLE pw_results (
    run_id text COLLATE "C" NOT NULL,
    key text COLLATE "C" NOT NULL,
    body text NOT NULL,
    PRIMARY KEY (run_id, key)
  );

  -- The last group of writes of each store instance and what came of it: see PostgresGroup.
  CREATE TABLE pw_writers (
    writer text COLLATE "C" PRIMARY KEY,
    group_no bigint NOT NULL,
    results text[] NOT NULL,
    at timestamptz NOT NULL DEFAULT clock_timestamp()
  );
`;

/**
 * The open runs that workers drive are looked through often, and are few among all runs. No text in a card looks like the mark:
 * its quotes would be escaped.
 */
export const runsOfWorkersVersion2 = `
  ALTER TABLE pw_runs ADD COLUMN by_workers boolean GENERATED ALWAYS AS (strpos(card, '"drivenBy":"workers"') > 0) STORED;
  CREATE INDEX ON pw_runs (created_ms) WHERE by_workers AND ended_ms IS NULL AND parent_run_id IS NULL;
`;
