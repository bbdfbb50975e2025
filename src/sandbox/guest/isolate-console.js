/** Runs inside the isolate: a console, and the scope that a script expects. Knows nothing but the language. */

/**
 * @param {(text: string) => void} print one line, without its end
 * @param {(message: string, stack: string) => void} fail an assertion of `console.assert` that does not hold, and where it stands
 */
export function makeConsole(print, fail) {
  /** @param {unknown[]} parts */
  const show = (...parts) => print(format(parts));
  const shown = 'log info debug warn error dir table trace group groupCollapsed'.split(' ').map((name) => [name, show]);
  const ignored = 'groupEnd time timeEnd timeLog count countReset clear'.split(' ').map((name) => [name, () => {}]);
  const console = Object.fromEntries([...shown, ...ignored]);
  /** @param {unknown} holds @param {unknown[]} parts */
  const assert = (holds, ...parts) => {
    if (holds) return;
    const message = parts.length === 0 ? 'Assertion failed' : `Assertion failed: ${format(parts)}`;
    fail(message, new Error('').stack ?? '');
    print(message);
  };
  Object.defineProperty(console, 'assert', { value: assert, enumerable: true, writable: false, configurable: false });
  Object.defineProperty(globalThis, 'console', { value: console, enumerable: false, writable: true, configurable: true });
  const module = { exports: {} };
  for (const [name, value] of Object.entries({ module, exports: module.exports })) {
    Object.defineProperty(globalThis, name, { value, enumerable: false, writable: true, configurable: true });
  }
}

/** @param {unknown[]} parts */
function format(parts) {
  return parts.map((part) => (typeof part === 'string' ? part : inspect(part))).join(' ');
}

/** @param {unknown} value */
function inspect(value) {
  if (typeof value === 'bigint') return `${value}n`;
  if (typeof value === 'function') return `[Function ${value.name}]`;
  if (value instanceof Error) return `${value.name}: ${value.message}`;
  if (typeof value !== 'object' || value === null) return String(value);
  try {
    return JSON.stringify(value, (_key, inner) => (typeof inner === 'bigint' ? `${inner}n` : inner)) ?? '[object]';
  } catch {
    return '[object]';
  }
}
