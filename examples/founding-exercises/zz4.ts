import { measureAlone } from './bottleneck.ts';
const t=performance.now(), c=process.cpuUsage();
for(const x of await measureAlone()) console.log(JSON.stringify(x));
const u=process.cpuUsage(c);console.log(((performance.now()-t)/1000).toFixed(2),'s wall', ((u.user+u.system)/1e6).toFixed(2),'s cpu');
