/** Preloaded into a process: at SIGUSR2 its wall clock goes back by an hour; the steady one goes on. */
const realNow = Date.now.bind(Date);
let offsetMs = 0;

Date.now = () => realNow() + offsetMs;
process.on('SIGUSR2', () => {
  offsetMs = -3_600_000;
});
