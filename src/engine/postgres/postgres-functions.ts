/**
 * The functions of version 1: one operation each, called from the statement of a group of writes (see PostgresGroup). Each
 * answers with a text, and one that refuses has changed nothing.
 */

export const functionsVersion1 = `
  CREATE FUNCTION pw_commit(p_writer text, p_group bigint, p_locked bigint, p_results text[]) RETURNS text[]
  LANGUAGE plpgsql AS $body$
  BEGIN
    INSERT INTO pw_writers AS w (writer, group_no, results) VALUES (p_writer, p_group, p_results)
    ON CONFLICT (writer) DO UPDATE SET group_no = excluded.group_no, results = excluded.results, at = clock_timestamp()
    WHERE w.group_no < excluded.group_no;
    IF NOT FOUND THEN RAISE EXCEPTION 'This group is there already.' USING ERRCODE = 'PW001'; END IF;
    RETURN p_results;
  END $body$;

  -- The root runs of these runs, always in one order, so that no two groups wait for each other. By the indexes: of a table that
  -- has just grown the planner knows nothing yet and would read it all.
  CREATE FUNCTION pw_lock_runs(p_runs text[]) RETURNS bigint
  LANGUAGE plpgsql SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $body$
  DECLARE v_count bigint;
  BEGIN
    SELECT count(*) INTO v_count FROM (
      SELECT 1 FROM pw_runs r
      WHERE r.run_id IN (SELECT s.root_run_id FROM pw_runs s WHERE s.run_id = ANY (p_runs))
      ORDER BY r.run_key FOR NO KEY UPDATE
    ) locked;
    RETURN v_count;
  END $body$;

  -- Advisory locks of this schema, always in one order.
  CREATE FUNCTION pw_lock_names(p_names text[]) RETURNS bigint
  LANGUAGE plpgsql AS $body$
  DECLARE v_key bigint; v_count bigint := 0;
  BEGIN
    FOR v_key IN SELECT DISTINCT hashtextextended(n, 'pw_writers'::regclass::oid::bigint) FROM unnest(p_names) n ORDER BY 1 LOOP
      PERFORM pg_advisory_xact_lock(v_key);
      v_count := v_count + 1;
    END LOOP;
    RETURN v_count;
  END $body$;

  CREATE FUNCTION pw_is_expired(p_beat timestamptz, p_lifetime_ms double precision) RETURNS boolean
  LANGUAGE sql AS $body$ SELECT p_beat < clock_timestamp() - p_lifetime_ms * interval '1 millisecond' $body$;

  CREATE FUNCTION pw_create_run(
    p_run text, p_root text, p_parent text, p_created double precision, p_status text, p_strategy text, p_end_reason text,
    p_ended double precision, p_forecast text, p_card text, p_setup text
  ) RETURNS text
  LANGUAGE plpgsql AS $body$
  BEGIN
    INSERT INTO pw_runs
      (run_id, root_run_id, parent_run_id, created_ms, status, strategy, end_reason, ended_ms, forecast, card, setup)
    VALUES (p_run, p_root, p_parent, p_created, p_status, p_strategy, p_end_reason, p_ended, p_forecast, p_card, p_setup)
    ON CONFLICT (run_id) DO NOTHING;
    RETURN CASE WHEN FOUND THEN 'created' ELSE 'there' END;
  END $body$;

  -- Why this member may not write to the run: null, or busy and who holds it. A member that was taken for dead may write to none.
  CREATE FUNCTION pw_fence(p_root text, p_member text, p_lost text[]) RETURNS text
  LANGUAGE plpgsql AS $body$
  DECLARE v_holder text;
  BEGIN
    SELECT 'busy ' || json_build_object('host', m.host, 'pid', m.pid, 'sinceMs', extract(epoch FROM l.since) * 1000)::text
    INTO v_holder
    FROM pw_leases l JOIN pw_members m USING (member_id)
    WHERE l.run_id = p_root AND m.state = 'live' AND l.member_id IS DISTINCT FROM p_member;
    IF v_holder IS NOT NULL THEN RETURN v_holder; END IF;
    IF p_root = ANY (p_lost)
      OR (p_member IS NOT NULL AND NOT EXISTS (SELECT 1 FROM pw_members WHERE member_id = p_member AND state = 'live'))
    THEN RETURN 'lost'; END IF;
    RETURN NULL;
  END $body$;

  -- p_first: the seq of the first event; -1 for a list that is not in order, which is never appended; null for an empty one.
  CREATE FUNCTION pw_append(
    p_run text, p_member text, p_lost text[], p_first integer, p_ats double precision[], p_bodies text[], p_takes bigint[]
  ) RETURNS text
  LANGUAGE plpgsql AS $body$
  DECLARE v_run record; v_refusal text; v_last integer;
  BEGIN
    SELECT run_key, root_run_id INTO v_run FROM pw_runs WHERE run_id = p_run;
    IF NOT FOUND THEN RETURN 'unknown'; END IF;
    v_refusal := pw_fence(v_run.root_run_id, p_member, p_lost);
    IF v_refusal IS NOT NULL THEN RETURN v_refusal; END IF;
    IF p_first IS NOT NULL THEN
      SELECT coalesce(max(seq), 0) INTO v_last FROM pw_events WHERE run_key = v_run.run_key;
      IF p_first <> v_last + 1 THEN RETURN 'seq ' || v_last; END IF;
      INSERT INTO pw_events (run_key, seq, at_ms, body)
      SELECT v_run.run_key, v_last + n, a, b FROM unnest(p_ats, p_bodies) WITH ORDINALITY AS e (a, b, n);
    END IF;
    IF cardinality(p_takes) > 0 THEN
      DELETE FROM pw_signals WHERE run_key = v_run.run_key AND signal_key = ANY (p_takes);
    END IF;
    RETURN 'appended';
  END $body$;

  -- p_named: which of the fields are to be changed.
  CREATE FUNCTION pw_update_run(
    p_run text, p_member text, p_lost text[], p_named text[], p_status text, p_strategy text, p_end_reason text,
    p_ended double precision, p_forecast text
  ) RETURNS text
  LANGUAGE plpgsql AS $body$
  DECLARE v_root text; v_refusal text;
  BEGIN
    SELECT root_run_id INTO v_root FROM pw_runs WHERE run_id = p_run;
    IF NOT FOUND THEN RETURN 'unknown'; END IF;
    v_refusal := pw_fence(v_root, p_member, p_lost);
    IF v_refusal IS NOT NULL THEN RETURN v_refusal; END IF;
    UPDATE pw_runs SET
      status = CASE WHEN 'status' = ANY (p_named) THEN p_status ELSE status END,
      strategy = CASE WHEN 'strategy' = ANY (p_named) THEN p_strategy ELSE strategy END,
      end_reason = CASE WHEN 'endReason' = ANY (p_named) THEN p_end_reason ELSE end_reason END,
      ended_ms = CASE WHEN 'endedMs' = ANY (p_named) THEN p_ended ELSE ended_ms END,
      forecast = CASE WHEN 'forecast' = ANY (p_named) THEN p_forecast ELSE forecast END
    WHERE run_id = p_run;
    RETURN 'updated';
  END $body$;

  CREATE FUNCTION pw_delete_run(p_run text) RETURNS text
  LANGUAGE plpgsql AS $body$
  DECLARE v_parent text; v_holder text; v_keys bigint[]; v_ids text[];
  BEGIN
    SELECT parent_run_id INTO v_parent FROM pw_runs WHERE run_id = p_run;
    IF NOT FOUND THEN RETURN 'unknown'; END IF;
    IF v_parent IS NOT NULL THEN RETURN 'sub'; END IF;
    SELECT 'busy ' || json_build_object('host', m.host, 'pid', m.pid, 'sinceMs', extract(epoch FROM l.since) * 1000)::text
    INTO v_holder
    FROM pw_leases l JOIN pw_members m USING (member_id)
    WHERE l.run_id = p_run AND m.state = 'live' AND NOT pw_is_expired(m.beat, m.lifetime_ms);
    IF v_holder IS NOT NULL THEN RETURN v_holder; END IF;
    SELECT array_agg(run_key), array_agg(run_id) INTO v_keys, v_ids FROM pw_runs WHERE root_run_id = p_run;
    DELETE FROM pw_events WHERE run_key = ANY (v_keys);
    DELETE FROM pw_signals WHERE run_key = ANY (v_keys);
    DELETE FROM pw_calls WHERE root_run_id = p_run;
    DELETE FROM pw_spent WHERE root_run_id = p_run;
    DELETE FROM pw_results WHERE run_id = ANY (v_ids);
    DELETE FROM pw_outcomes WHERE run_id = ANY (v_ids);
    DELETE FROM pw_leases WHERE run_id = ANY (v_ids);
    DELETE FROM pw_runs WHERE root_run_id = p_run;
    RETURN 'deleted';
  END $body$;

  -- Adds to what these runs have spent: the caller's and those above it.
  CREATE FUNCTION pw_spend(
    p_runs text[], p_root text, p_calls double precision, p_tokens double precision, p_usd double precision
  ) RETURNS void
  LANGUAGE plpgsql AS $body$
  BEGIN
    IF p_calls = 0 AND p_tokens = 0 AND p_usd = 0 THEN RETURN; END IF;
    INSERT INTO pw_spent AS s (run_id, root_run_id, calls, tokens, usd)
    SELECT run_id, p_root, p_calls, p_tokens, p_usd FROM unnest(p_runs) AS ids (run_id) ORDER BY run_id
    ON CONFLICT (run_id) DO UPDATE
    SET calls = s.calls + excluded.calls, tokens = s.tokens + excluded.tokens, usd = s.usd + excluded.usd;
  END $body$;

  CREATE FUNCTION pw_free_key(p_key text) RETURNS text
  LANGUAGE plpgsql AS $body$
  DECLARE v_try integer := 1;
  BEGIN
    WHILE EXISTS (SELECT 1 FROM pw_calls WHERE call_key = p_key || '#' || v_try) LOOP v_try := v_try + 1; END LOOP;
    RETURN p_key || '#' || v_try;
  END $body$;

  -- A call that succeeded is not replaced by another writer's of the same key, nor is a try that counts lost: of two that
  -- used tokens, one stands under a free key#n.
  CREATE FUNCTION pw_put_call(
    p_key text, p_root text, p_counted text[], p_outcome text, p_is_model boolean, p_tokens double precision,
    p_usd double precision, p_writer text, p_record text, p_response text
  ) RETURNS text
  LANGUAGE plpgsql AS $body$
  DECLARE v_old pw_calls; v_key text := p_key;
  BEGIN
    SELECT * INTO v_old FROM pw_calls WHERE call_key = p_key FOR UPDATE;
    IF FOUND AND v_old.writer <> p_writer THEN
      IF v_old.outcome = 'succeeded' THEN
        IF p_outcome = 'started' THEN RETURN 'there'; END IF;
        v_key := pw_free_key(p_key);
      ELSIF v_old.is_model AND v_old.outcome <> 'started' THEN
        UPDATE pw_calls SET call_key = pw_free_key(p_key) WHERE call_key = p_key;
        v_old := NULL;
      END IF;
    END IF;
    IF v_old.call_key = v_key THEN
      PERFORM pw_spend(v_old.counted, v_old.root_run_id, -(v_old.is_model::integer), -v_old.tokens, -v_old.usd);
    END IF;
    INSERT INTO pw_calls (call_key, root_run_id, counted, outcome, is_model, tokens, usd, writer, record, response)
    VALUES (v_key, p_root, p_counted, p_outcome, p_is_model, p_tokens, p_usd, p_writer, p_record, p_response)
    ON CONFLICT (call_key) DO UPDATE SET
      root_run_id = excluded.root_run_id, counted = excluded.counted, outcome = excluded.outcome, is_model = excluded.is_model,
      tokens = excluded.tokens, usd = excluded.usd, writer = excluded.writer, record = excluded.record, response = excluded.response;
    PERFORM pw_spend(p_counted, p_root, p_is_model::integer, p_tokens, p_usd);
    RETURN CASE WHEN v_key = p_key THEN 'put' ELSE 'beside' END;
  END $body$;

  CREATE FUNCTION pw_put_value(p_hash text, p_body text) RETURNS text
  LANGUAGE plpgsql AS $body$
  BEGIN
    INSERT INTO pw_values (hash, body) VALUES (p_hash, p_body)
    ON CONFLICT (hash) DO UPDATE SET put_at = clock_timestamp();
    RETURN 'put';
  END $body$;

  CREATE FUNCTION pw_put_blob(p_hash text, p_body bytea) RETURNS text
  LANGUAGE plpgsql AS $body$
  BEGIN
    INSERT INTO pw_blobs (hash, body) VALUES (p_hash, p_body)
    ON CONFLICT (hash) DO UPDATE SET put_at = clock_timestamp();
    RETURN 'put';
  END $body$;

  CREATE FUNCTION pw_send_signal(p_run text, p_body text) RETURNS text
  LANGUAGE plpgsql AS $body$
  BEGIN
    INSERT INTO pw_signals (run_key, body) SELECT run_key, p_body FROM pw_runs WHERE run_id = p_run;
    RETURN CASE WHEN FOUND THEN 'sent' ELSE 'unknown' END;
  END $body$;

  CREATE FUNCTION pw_put_result(p_run text, p_key text, p_body text) RETURNS text
  LANGUAGE plpgsql AS $body$
  BEGIN
    INSERT INTO pw_results (run_id, key, body) VALUES (p_run, p_key, p_body) ON CONFLICT (run_id, key) DO NOTHING;
    RETURN CASE WHEN FOUND THEN 'put' ELSE 'there' END;
  END $body$;

  CREATE FUNCTION pw_clear_results(p_run text) RETURNS text
  LANGUAGE plpgsql AS $body$
  BEGIN
    DELETE FROM pw_results WHERE run_id IN (SELECT run_id FROM pw_runs WHERE root_run_id = p_run);
    RETURN 'cleared';
  END $body$;

  CREATE FUNCTION pw_put_outcome(p_run text, p_class text, p_team text, p_ended double precision, p_body text) RETURNS text
  LANGUAGE plpgsql AS $body$
  BEGIN
    INSERT INTO pw_outcomes (run_id, task_class, team, ended_ms, body) VALUES (p_run, p_class, p_team, p_ended, p_body)
    ON CONFLICT (run_id) DO UPDATE SET
      task_class = excluded.task_class, team = excluded.team, ended_ms = excluded.ended_ms, body = excluded.body;
    RETURN 'put';
  END $body$;

  CREATE FUNCTION pw_put_calibration(p_critic text, p_body text) RETURNS text
  LANGUAGE plpgsql AS $body$
  BEGIN
    INSERT INTO pw_calibrations (critic_hash, body) VALUES (p_critic, p_body)
    ON CONFLICT (critic_hash) DO UPDATE SET body = excluded.body;
    RETURN 'put';
  END $body$;

  CREATE FUNCTION pw_take_lease(p_run text, p_member text, p_token text) RETURNS text
  LANGUAGE plpgsql AS $body$
  BEGIN
    IF NOT EXISTS (SELECT 1 FROM pw_members WHERE member_id = p_member AND state = 'live') THEN RETURN 'lost'; END IF;
    UPDATE pw_members m SET state = 'dead' FROM pw_leases l
    WHERE l.run_id = p_run AND m.member_id = l.member_id AND m.state = 'live' AND m.member_id <> p_member
      AND pw_is_expired(m.beat, m.lifetime_ms);
    INSERT INTO pw_leases AS l (run_id, member_id, token) VALUES (p_run, p_member, p_token)
    ON CONFLICT (run_id) DO UPDATE SET member_id = excluded.member_id, token = excluded.token, since = clock_timestamp()
    WHERE NOT EXISTS (SELECT 1 FROM pw_members m WHERE m.member_id = l.member_id AND m.state = 'live');
    IF FOUND THEN RETURN 'taken'; END IF;
    RETURN (
      SELECT 'busy ' || json_build_object('host', m.host, 'pid', m.pid, 'sinceMs', extract(epoch FROM l.since) * 1000)::text
      FROM pw_leases l JOIN pw_members m USING (member_id) WHERE l.run_id = p_run
    );
  END $body$;

  CREATE FUNCTION pw_release_lease(p_run text, p_token text) RETURNS text
  LANGUAGE plpgsql AS $body$
  BEGIN
    DELETE FROM pw_leases WHERE run_id = p_run AND token = p_token;
    RETURN 'released';
  END $body$;
`;
