import { countRounds, measureShapes, runWithLimit, contexts, findLargestFlat } from './hierarchy.ts';
const t=performance.now(), c=process.cpuUsage();
const s=await measureShapes(); for(const x of s) console.log(JSON.stringify(x));
console.log(await countRounds());
for (const l of [1,2] as const) console.log(await runWithLimit(30,l,8192));
console.log(contexts.map(x=>findLargestFlat(s,x)));
const u=process.cpuUsage(c);console.log(((performance.now()-t)/1000).toFixed(2),'s wall', ((u.user+u.system)/1e6).toFixed(2),'s cpu');
