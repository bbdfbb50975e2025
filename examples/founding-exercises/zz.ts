import { tellExercise } from './sheet.ts';
const [,, file, fn, seed] = process.argv;
const t=performance.now(), c=process.cpuUsage();
const m = await import(file!) as Record<string, (s:number)=>Promise<never>>;
console.log(tellExercise(await m[fn!]!(Number(seed??1))));
const u=process.cpuUsage(c);console.log(((performance.now()-t)/1000).toFixed(2),'s wall', ((u.user+u.system)/1e6).toFixed(2),'s cpu');
