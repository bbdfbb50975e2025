/**
 * Runs inside a sandbox before the code that is tested: makes the language's own objects unchangeable, so that a solution can't
 * replace what its tests decide with. Used by the isolate and by Node, so it knows nothing but the language.
 *
 * An object whose prototype is locked can still be given a property of the same name: an assignment to `error.name` or
 * `settings.toString` defines it, as it would without the lock.
 */

/** Global names that can't be rebound. Others (timers, fetch, Date) stay free: tests replace them. */
const lockedNames =
  'globalThis Infinity NaN undefined eval isFinite isNaN parseFloat parseInt decodeURI decodeURIComponent encodeURI encodeURIComponent ' +
  'Object Function Boolean Symbol Error AggregateError EvalError RangeError ReferenceError SyntaxError TypeError URIError ' +
  'Number BigInt Math String RegExp Array Map Set WeakMap WeakSet WeakRef Iterator ArrayBuffer DataView ' +
  'Int8Array Uint8Array Uint8ClampedArray Int16Array Uint16Array Int32Array Uint32Array BigInt64Array BigUint64Array ' +
  'Float16Array Float32Array Float64Array JSON Promise Reflect Proxy console';

/** Assigned to instances all the time, whatever their prototype. */
const oftenAssigned = new Set(['constructor', 'name', 'message', 'cause', 'toString', 'toLocaleString', 'valueOf', 'toJSON']);
/** Tests replace them; nothing is decided by them. Node itself sets the last. @param {object} object @param {PropertyKey} key */
function isFree(object, key) {
  return (
    (object === Math && key === 'random') || (object === Date && key === 'now') || (object === Error && key === 'stackTraceLimit')
  );
}

/** @param {object[]} more objects beside the language's own, each with all that can be reached from it. */
export function lockBuiltIns(more = []) {
  const names = lockedNames.split(' ').filter((name) => Object.getOwnPropertyDescriptor(globalThis, name) !== undefined);
  const roots = names.map((name) => /** @type {Record<string, unknown>} */ (globalThis)[name]).concat(hiddenObjects(), Date);
  const seen = new Set([globalThis, globalThis.console]);
  const own = collect(roots, seen);
  const others = collect(more, seen);
  for (const object of own) lock(object, (key) => typeof key === 'string' && oftenAssigned.has(key));
  for (const object of others) lock(object, () => true);
  for (const name of names) Object.defineProperty(globalThis, name, { writable: false, configurable: false });
}

/** What can be reached from the roots and was not seen before. @param {unknown[]} roots @param {Set<object>} seen */
function collect(roots, seen) {
  const found = [];
  const waiting = roots.filter((root) => isObject(root));
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (seen.has(next)) continue;
    seen.add(next);
    found.push(next);
    waiting.push(...reachableFrom(next));
  }
  return found;
}

/** @param {unknown} value @returns {value is object} */
function isObject(value) {
  return typeof value === 'object' ? value !== null : typeof value === 'function';
}

/** Prototypes that no global name leads to. */
function hiddenObjects() {
  const parts = [[][Symbol.iterator](), new Map().entries(), new Set().entries(), ''[Symbol.iterator](), 'a'.matchAll(/a/g)];
  const functions = [function* () {}, async function () {}, async function* () {}];
  return [...parts.map((part) => Object.getPrototypeOf(part)), ...functions.map((made) => made.constructor)];
}

/** @param {object} object @returns {object[]} */
function reachableFrom(object) {
  /** @type {unknown[]} */
  const values = [Object.getPrototypeOf(object)];
  for (const key of Reflect.ownKeys(object)) values.push(...Object.values(Object.getOwnPropertyDescriptor(object, key) ?? {}));
  return values.filter((value) => isObject(value));
}

/** @param {object} object @param {(key: PropertyKey) => boolean} isAssigned whether objects below are given such properties */
function lock(object, isAssigned) {
  const isBase = object === Object.prototype || object === Function.prototype || object === Error.prototype;
  for (const key of Reflect.ownKeys(object)) {
    const property = Object.getOwnPropertyDescriptor(object, key);
    if (property === undefined || !property.configurable || isFree(object, key)) continue;
    if (property.writable && (isBase || isAssigned(key)))
      Object.defineProperty(object, key, assignableBelow(object, key, property));
    else
      Object.defineProperty(
        object,
        key,
        'value' in property ? { writable: false, configurable: false } : { configurable: false },
      );
  }
  Object.preventExtensions(object);
}

/**
 * @param {object} holder @param {PropertyKey} key @param {PropertyDescriptor} property
 * @returns {PropertyDescriptor}
 */
function assignableBelow(holder, key, { value, enumerable = false }) {
  return {
    get: () => value,
    set(assigned) {
      if (this === holder) throw new TypeError(`${String(key)} of a built-in object can't be changed here`);
      if (!isObject(this)) return;
      Object.defineProperty(this, key, { value: assigned, writable: true, enumerable: true, configurable: true });
    },
    enumerable,
    configurable: false,
  };
}
