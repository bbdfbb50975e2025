/** The shared limits: see PostgresLimits. Callers hold the locks of the model and of the root run. */
export const limitFunctionsVersion1 = `
  CREATE FUNCTION pw_reserve(
    p_id text, p_member text, p_root text, p_model text, p_tokens double precision, p_usd double precision,
    p_concurrency double precision, p_requests double precision, p_minute_tokens double precision,
    p_budgets text[], p_calls_limits double precision[], p_tokens_limits double precision[], p_usd_limits double precision[]
  ) RETURNS text
  LANGUAGE plpgsql AS $body$
  DECLARE
    v_window interval := interval '60 seconds';
    v_spent record; v_held record; v_oldest timestamptz; v_count bigint; v_used double precision; v_until timestamptz;
    v_now timestamptz := clock_timestamp(); v_index integer;
  BEGIN
    IF NOT EXISTS (SELECT 1 FROM pw_members WHERE member_id = p_member AND state = 'live') THEN RETURN 'lost'; END IF;

    FOR v_index IN 1 .. cardinality(p_budgets) LOOP
      SELECT coalesce(sum(calls), 0) AS calls, coalesce(sum(tokens), 0) AS tokens, coalesce(sum(usd), 0) AS usd INTO v_spent
      FROM pw_spent WHERE run_id = p_budgets[v_index];
      IF v_spent.calls + 1 > p_calls_limits[v_index] THEN
        RETURN 'spent ' || json_build_array(v_index - 1, 'calls', v_spent.calls, 1)::text;
      ELSIF v_spent.tokens + p_tokens > p_tokens_limits[v_index] THEN
        RETURN 'spent ' || json_build_array(v_index - 1, 'tokens', v_spent.tokens, p_tokens)::text;
      ELSIF v_spent.usd + p_usd > p_usd_limits[v_index] THEN
        RETURN 'spent ' || json_build_array(v_index - 1, 'usd', v_spent.usd, p_usd)::text;
      END IF;
    END LOOP;

    SELECT until INTO v_until FROM pw_pauses WHERE model = p_model AND until > v_now;
    IF FOUND THEN RETURN 'wait ' || json_build_array('pause', extract(epoch FROM v_until - v_now) * 1000)::text; END IF;

    IF p_concurrency IS NOT NULL THEN
      SELECT count(*) INTO v_count
      FROM pw_reservations r JOIN pw_members m USING (member_id)
      WHERE r.model = p_model AND r.held AND m.state = 'live';
      IF v_count >= p_concurrency THEN RETURN 'wait ["concurrency",1000]'; END IF;
    END IF;

    IF p_requests IS NOT NULL OR p_minute_tokens IS NOT NULL THEN
      SELECT count(*), coalesce(sum(tokens), 0), min(at) INTO v_count, v_used, v_oldest
      FROM pw_reservations WHERE model = p_model AND at > v_now - v_window;
      IF v_count > 0 AND (v_count >= p_requests OR v_used + p_tokens > p_minute_tokens) THEN
        RETURN 'wait ' || json_build_array('rate', greatest(1, extract(epoch FROM v_oldest + v_window - v_now) * 1000))::text;
      END IF;
    END IF;

    FOR v_index IN 1 .. cardinality(p_budgets) LOOP
      SELECT coalesce(sum(calls), 0) AS calls, coalesce(sum(tokens), 0) AS tokens, coalesce(sum(usd), 0) AS usd INTO v_spent
      FROM pw_spent WHERE run_id = p_budgets[v_index];
      SELECT count(*) AS calls, coalesce(sum(r.tokens), 0) AS tokens, coalesce(sum(r.usd), 0) AS usd INTO v_held
      FROM pw_reservations r JOIN pw_members m USING (member_id)
      WHERE r.root_run_id = p_root AND r.held AND m.state = 'live' AND p_budgets[v_index] = ANY (r.budgets);
      IF v_spent.calls + v_held.calls + 1 > p_calls_limits[v_index]
        OR v_spent.tokens + v_held.tokens + p_tokens > p_tokens_limits[v_index]
        OR v_spent.usd + v_held.usd + p_usd > p_usd_limits[v_index]
      THEN RETURN 'wait ["budget",1000]'; END IF;
    END LOOP;

    INSERT INTO pw_reservations (reservation_id, member_id, model, root_run_id, budgets, tokens, usd)
    VALUES (p_id, p_member, p_model, p_root, p_budgets, p_tokens, p_usd);
    RETURN 'granted';
  END $body$;

  -- p_tokens: null when the call was not made.
  CREATE FUNCTION pw_settle(p_id text, p_tokens double precision) RETURNS text
  LANGUAGE plpgsql AS $body$
  BEGIN
    IF p_tokens IS NULL THEN
      DELETE FROM pw_reservations WHERE reservation_id = p_id AND held;
    ELSE
      UPDATE pw_reservations SET held = false, tokens = p_tokens WHERE reservation_id = p_id AND held;
    END IF;
    RETURN CASE WHEN FOUND THEN 'settled' ELSE 'unknown' END;
  END $body$;

  CREATE FUNCTION pw_pause(p_model text, p_ms double precision) RETURNS text
  LANGUAGE plpgsql AS $body$
  BEGIN
    INSERT INTO pw_pauses AS p (model, until) VALUES (p_model, clock_timestamp() + p_ms * interval '1 millisecond')
    ON CONFLICT (model) DO UPDATE SET until = greatest(p.until, excluded.until);
    RETURN 'paused';
  END $body$;

  -- What a dead member held is free; its calls may have been made, so they stay in the last minute. What has
  -- left that goes, and what is of members that ended a day ago: to whom a member is not known, it is not live.
  CREATE FUNCTION pw_tidy_limits() RETURNS void
  LANGUAGE plpgsql AS $body$
  BEGIN
    IF NOT pg_try_advisory_xact_lock(hashtextextended('tidy', 'pw_writers'::regclass::oid::bigint)) THEN RETURN; END IF;
    UPDATE pw_reservations r SET held = false FROM pw_members m
    WHERE r.held AND m.member_id = r.member_id AND m.state <> 'live';
    DELETE FROM pw_reservations WHERE NOT held AND at < clock_timestamp() - interval '60 seconds';
    DELETE FROM pw_pauses WHERE until < clock_timestamp();
    DELETE FROM pw_writers WHERE at < clock_timestamp() - interval '1 day';
    DELETE FROM pw_members WHERE state <> 'live' AND beat < clock_timestamp() - interval '1 day';
  END $body$;
`;
