/** Whether code needs more than the language itself: what the isolate does not have. */

const modules = [/^[ \t]*import\b(?!\s*\.)/m, /\bimport\s*\(/, /(?<![\w$.])require\s*\(/];
const hostNames =
  'process Buffer setTimeout setInterval setImmediate clearTimeout clearInterval structuredClone fetch global URL URLSearchParams ' +
  'TextEncoder TextDecoder AbortController AbortSignal EventTarget MessageChannel performance crypto Intl WebAssembly Atomics ' +
  'SharedArrayBuffer __dirname __filename';
/** A name that is used: called, built, or looked into. What stands in a comment may be taken for one, which costs a process. */
const hostUse = new RegExp(String.raw`(?<![\w$.])(?:${hostNames.split(' ').join('|')})\s*[.([]`);
/** Of the internationalization library, which the isolate is without. */
const localized = /\.(?:toLocale(?:Date|Time)?String|localeCompare|normalize)\s*\(/;

export function needsProcess(code: string): boolean {
  return modules.some((pattern) => pattern.test(code)) || hostUse.test(code) || localized.test(code);
}

/** What the isolate says of code that may well be right: names it has not, a smaller stack. */
export function mayRunElsewhere(reason: string): boolean {
  return /Maximum call stack size exceeded|stack overflow|ReferenceError: .*not defined/.test(reason);
}
