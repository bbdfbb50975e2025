import type { Store } from 'planwright';

/** A store whose process dies right after its n-th durable write: nothing later reaches the disk. */
export function dyingStore(store: Store, deathAt: number): { store: Store; writes: () => number } {
  let writes = 0;
  const guard = async <Result>(write: () => Promise<Result>): Promise<Result> => {
    if (writes >= deathAt) throw new Error('the process has died');
    writes += 1;
    return write();
  };
  const dying: Store = {
    kind: store.kind,
    location: store.location,
    createRun: (run) => store.createRun(run),
    getRun: (id) => store.getRun(id),
    listRuns: (filter) => store.listRuns(filter),
    updateRun: (id, patch) => guard(() => store.updateRun(id, patch)),
    appendEvents: (id, entries, options) => guard(() => store.appendEvents(id, entries, options)),
    readEvents: (id) => store.readEvents(id),
    putValue: (value) => guard(() => store.putValue(value)),
    getValue: (value) => store.getValue(value),
    openBlobs: () => store.openBlobs(),
    findCall: (key) => store.findCall(key),
    putCall: (call) => guard(() => store.putCall(call)),
    listCalls: (id) => store.listCalls(id),
    sumCalls: (rootRunId, below) => store.sumCalls(rootRunId, below),
    deleteRun: (id) => guard(() => store.deleteRun(id)),
    collectGarbage: (options) => guard(() => store.collectGarbage(options)),
    putOutcome: (outcome) => guard(() => store.putOutcome(outcome)),
    getOutcome: (id) => store.getOutcome(id),
    listOutcomes: (filter) => store.listOutcomes(filter),
    putCalibration: (record) => guard(() => store.putCalibration(record)),
    getCalibration: (hash) => store.getCalibration(hash),
    acquireLease: (id) => store.acquireLease(id),
    isDriven: (id) => store.isDriven(id),
    sendSignal: (id, signal) => store.sendSignal(id, signal),
    readSignals: (id) => store.readSignals(id),
    limits: store.limits,
    close: () => store.close(),
  };
  return { store: dying, writes: () => writes };
}
