/** What a store says to its file, beside the journal, the leases and the limits. */
import type { DatabaseSync, StatementSync } from 'node:sqlite';

/** The time at which a value was put again is kept to the minute. */
export const putPrecisionMs = 60_000;

export type SqliteStatements = ReturnType<typeof prepareStatements>;

export function prepareStatements(database: DatabaseSync) {
  const newestFirst = 'ORDER BY created_ms DESC, run_key DESC LIMIT ?';
  const sums = 'count(tokens) AS calls, total(tokens) AS tokens, total(usd) AS usd';
  const ofRun = 'run_key = (SELECT run_key FROM runs WHERE run_id = ?)';
  return {
    insertRun: database.prepare(
      `INSERT INTO runs (run_id, root_run_id, is_root, created_ms, card, setup) VALUES (?, ?, ?, ?, ?, ?)
      ON CONFLICT (run_id) DO NOTHING`,
    ),
    selectRun: database.prepare('SELECT card, setup FROM runs WHERE run_id = ?'),
    selectCard: database.prepare('SELECT card FROM runs WHERE run_id = ?'),
    selectRuns: database.prepare(`SELECT card, setup FROM runs ${newestFirst}`),
    selectRoots: database.prepare(`SELECT card, setup FROM runs WHERE is_root = 1 ${newestFirst}`),
    selectTree: database.prepare(`SELECT card, setup FROM runs WHERE root_run_id = ? AND is_root >= ? ${newestFirst}`),
    updateCard: database.prepare('UPDATE runs SET card = ? WHERE run_id = ?'),
    // Noting a time writes the whole row again.
    putValue: database.prepare(`
      INSERT INTO stored_values (hash, body, put_ms) VALUES (?, ?, ?)
      ON CONFLICT (hash) DO UPDATE SET put_ms = excluded.put_ms WHERE excluded.put_ms - put_ms >= ${putPrecisionMs}`),
    selectValue: database.prepare('SELECT body FROM stored_values WHERE hash = ?'),
    replaceCall: database.prepare(`
      INSERT INTO calls (call_key, root_run_id, record, response, run_id, tokens, usd) VALUES (?, ?, ?, ?, ?, ?, ?)
      ON CONFLICT (call_key) DO UPDATE SET
        root_run_id = excluded.root_run_id, record = excluded.record, response = excluded.response,
        run_id = excluded.run_id, tokens = excluded.tokens, usd = excluded.usd`),
    selectCall: database.prepare('SELECT record, response FROM calls WHERE call_key = ?'),
    selectCalls: database.prepare('SELECT record, response FROM calls WHERE root_run_id = ?'),
    sumTree: database.prepare(`SELECT ${sums} FROM calls WHERE root_run_id = ?`),
    // `/` is the character after `.`, which stands between a run's id and those of the runs below it.
    sumBelow: database.prepare(`
      SELECT ${sums} FROM calls
      WHERE root_run_id = $rootRunId AND (run_id = $below OR (run_id >= $below || '.' AND run_id < $below || '/'))`),
    replaceOutcome: database.prepare(`
      INSERT INTO outcomes (run_id, task_class, team, ended_ms, body) VALUES (?, ?, ?, ?, ?)
      ON CONFLICT (run_id) DO UPDATE SET
        task_class = excluded.task_class, team = excluded.team, ended_ms = excluded.ended_ms, body = excluded.body`),
    selectOutcome: database.prepare('SELECT body FROM outcomes WHERE run_id = ?'),
    selectOutcomes: database.prepare(`
      SELECT body FROM outcomes
      WHERE ($taskClass IS NULL OR task_class = $taskClass) AND ($team IS NULL OR team = $team)
      ORDER BY ended_ms DESC, run_id LIMIT $limit`),
    replaceCalibration: database.prepare(`
      INSERT INTO calibrations (critic_hash, body) VALUES (?, ?)
      ON CONFLICT (critic_hash) DO UPDATE SET body = excluded.body`),
    selectCalibration: database.prepare('SELECT body FROM calibrations WHERE critic_hash = ?'),
    insertSignal: database.prepare('INSERT INTO signals (run_key, body) SELECT run_key, ? FROM runs WHERE run_id = ?'),
    selectSignals: database.prepare(`SELECT signal_key, body FROM signals WHERE ${ofRun} ORDER BY signal_key`),
    /** In this order; each takes the id of the outermost run. */
    deletions: [
      'DELETE FROM events WHERE run_key IN (SELECT run_key FROM runs WHERE root_run_id = ?)',
      'DELETE FROM signals WHERE run_key IN (SELECT run_key FROM runs WHERE root_run_id = ?)',
      'DELETE FROM outcomes WHERE run_id IN (SELECT run_id FROM runs WHERE root_run_id = ?)',
      'DELETE FROM leases WHERE run_id IN (SELECT run_id FROM runs WHERE root_run_id = ?)',
      'DELETE FROM calls WHERE root_run_id = ?',
      'DELETE FROM runs WHERE root_run_id = ?',
    ].map((sql) => database.prepare(sql)),
  } satisfies Record<string, StatementSync | StatementSync[]>;
}
