/** Preloaded into a process: the wall clock is an hour behind from 3 s after the start on; the steady one goes on. */
import { performance } from 'node:perf_hooks';

const realNow = Date.now.bind(Date);
const setBackAfterMs = 3_000;

Date.now = () => realNow() - (performance.now() > setBackAfterMs ? 3_600_000 : 0);
