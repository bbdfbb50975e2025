/** A worker thread that holds one isolate: QuickJS in WebAssembly, which reaches nothing but its own memory and what it is given here. */
import { parentPort, workerData } from 'node:worker_threads';
import { EvalFlags, JSException, type JSValueHandle, MAX_STACK_SIZE, QuickJS, type QuickJSOptions } from 'quickjs-wasi';
import { systemClock } from '../clock.ts';
import { stripTypes, toScript, toTests } from './guest/to-script.js';
import type { IsolateMessage, IsolateTask } from './isolate-task.ts';
import { type Failure, type FailureCause, maxFailures, messageCharacters } from './sandbox.ts';

type Ending = Extract<IsolateMessage, { kind: 'passed' | 'failed' }>;

/** A direct eval sees the solution's names, keeps its own to itself, and gives the value of its last statement. */
const evaluatorSource = '(function () { return eval(arguments[0]); })';
/** Printed text is sent at once at first, so that it is there if the isolate has to be ended from outside, and then in pieces. */
const sentAtOnceBytes = 8192;
const pieceCharacters = 16_384;

/** One run. What stops it (time, output) is seen by the interrupt handler, which the engine asks all the time. */
class Isolate {
  readonly #task: IsolateTask;
  readonly #post: (message: IsolateMessage) => void;
  readonly #deadline: number;
  readonly #failures: Failure[] = [];
  /** Reasons of rejected promises that nothing handles, by promise. */
  readonly #rejections = new Map<number, Failure>();
  #keepsLines = true;
  #printed = '';
  #printedBytes = 0;
  #stopped: FailureCause | null = null;

  constructor(task: IsolateTask, post: (message: IsolateMessage) => void) {
    this.#task = task;
    this.#post = post;
    this.#deadline = systemClock.now() + task.timeoutMs;
  }

  async run(): Promise<Ending> {
    const options: QuickJSOptions = {
      wasm: this.#task.engine,
      memoryLimit: this.#task.memoryBytes,
      maxStackSize: MAX_STACK_SIZE,
      interruptHandler: () => this.#isOver(),
      timezoneOffset: 0,
      onUnhandledRejection: (promise, reason, isHandled) => {
        if (isHandled) this.#rejections.delete(promise.identity);
        else this.#rejections.set(promise.identity, describeHandle(reason));
      },
    };
    const vm = await QuickJS.create(options);
    const cause = await this.#judge(vm);
    this.#flush();
    for (const failure of this.#rejections.values()) this.#fail(failure);
    if (this.#stopped !== null) return { kind: 'failed', cause: this.#stopped, failures: this.#failures };
    if (this.#failures.length > 0) return { kind: 'failed', cause: cause ?? 'test', failures: this.#failures };
    return { kind: 'passed' };
  }

  /** null when the tests ran to their end, whatever they found. */
  async #judge(vm: QuickJS): Promise<FailureCause | null> {
    try {
      const evaluate = await this.#prepare(vm);
      const { solution, tests } = this.#task;
      vm.evalCode(toScript(this.#read(solution)), 'solution.js').dispose();
      vm.executePendingJobs();
      const result = vm.callFunction(evaluate, vm.undefined, vm.newString(toTests(this.#read(tests))));
      vm.executePendingJobs();
      // The tests ended with a promise: they are not over before it is.
      if (!result.isPromise || result.promiseState !== 0) return null;
      this.#fail({ message: 'The tests wait for something that never comes.' });
      return 'ended-early';
    } catch (thrown) {
      if (this.#stopped !== null) return this.#stopped;
      const failure = describeThrown(thrown);
      this.#fail(failure);
      return failure.message.startsWith('InternalError: out of memory') ? 'memory' : 'test';
    }
  }

  /** @returns what evaluates the tests. */
  async #prepare(vm: QuickJS): Promise<JSValueHandle> {
    const makeConsole = await loadFunction(vm, this.#task.makeConsole, 'makeConsole');
    const lockBuiltIns = await loadFunction(vm, this.#task.lockBuiltIns, 'lockBuiltIns');
    const print = vm.newFunction('print', (text) => {
      this.#print(text?.toString() ?? '');
      return vm.undefined;
    });
    const fail = vm.newFunction('fail', (message, stack) => {
      this.#fail({ message: message?.toString() ?? '', ...findPlace(stack?.toString() ?? '') });
      return vm.undefined;
    });
    vm.callFunction(makeConsole, vm.undefined, print, fail).dispose();
    const evaluate = vm.evalCode(evaluatorSource);
    vm.callFunction(lockBuiltIns, vm.undefined).dispose();
    return evaluate;
  }

  #read(text: string): string {
    if (!this.#task.isTypeScript) return text;
    const stripped = stripTypes(text);
    this.#keepsLines &&= stripped.keepsLines;
    return stripped.text;
  }

  #isOver(): boolean {
    if (this.#stopped === null && systemClock.now() >= this.#deadline) this.#stopped = 'timeout';
    return this.#stopped !== null;
  }

  #print(text: string): void {
    if (this.#stopped !== null) return;
    this.#printedBytes += Buffer.byteLength(text) + 1;
    if (this.#printedBytes > this.#task.outputBytes) this.#stopped = 'output';
    this.#printed += `${text}\n`;
    if (this.#printedBytes < sentAtOnceBytes || this.#printed.length > pieceCharacters) this.#flush();
  }

  #flush(): void {
    if (this.#printed !== '') this.#post({ kind: 'printed', text: this.#printed.slice(-pieceCharacters) });
    this.#printed = '';
  }

  #fail({ message, place }: Failure): void {
    if (this.#failures.length > maxFailures) return;
    const at = place !== undefined && this.#keepsLines ? { place } : {};
    this.#failures.push({ message: message.slice(0, messageCharacters), ...at });
  }
}

/** @returns what a guest module exports under `name`. */
async function loadFunction(vm: QuickJS, source: string, name: string): Promise<JSValueHandle> {
  const module = vm.evalCode(source, `${name}.js`, EvalFlags.TYPE_MODULE);
  vm.executePendingJobs();
  const loaded = await vm.resolvePromise(module);
  if ('error' in loaded) throw new JSException(loaded.error);
  return loaded.value.getProp(name);
}

/** The first frame of a stack that is the solution's or the tests'. The engine calls what is evaluated `<input>`. */
function findPlace(stack: string): Pick<Failure, 'place'> {
  const [, file, line] = /(solution\.js|<input>):(\d+)/.exec(stack) ?? [];
  return line === undefined ? {} : { place: { in: file === '<input>' ? 'tests' : 'solution', line: Number(line) } };
}

function describeThrown(thrown: unknown): Failure {
  if (!(thrown instanceof Error)) return { message: String(thrown) };
  const message = `${thrown.name}: ${thrown.message}`;
  return thrown instanceof JSException ? { message, ...findPlace(thrown.stack ?? '') } : { message };
}

function describeHandle(reason: JSValueHandle): Failure {
  try {
    if (!reason.isObject) return { message: `Uncaught: ${reason.toString()}` };
    const [name, message, stack] = ['name', 'message', 'stack'].map((key) => reason.getProp(key).toString());
    return { message: `${name}: ${message}`, ...findPlace(stack ?? '') };
  } catch {
    return { message: 'A promise was rejected and nothing handled it.' };
  }
}

const port = parentPort;
if (port !== null) {
  const post = (message: IsolateMessage) => port.postMessage(message);
  post(await new Isolate(workerData as IsolateTask, post).run());
}
