/** The process's streams as commands see them: results go out by `print`, everything said about them by `note`. */

export interface CliIo {
  /**
   * Writes to stdout as it is.
   * @returns false when nobody reads stdout any more (a closed pipe): then there is no use in printing on.
   */
  print(text: string): Promise<boolean>;
  /** Writes to stderr as it is. */
  note(text: string): void;
  /** stdout shows its text to a person: control characters in it would act. */
  readonly printsToTerminal: boolean;
  /** The terminal behind stderr, if it is one that a frame can be drawn on. */
  readonly terminal: Terminal | null;
}

export interface Terminal {
  readonly columns: number;
  readonly rows: number;
  /** @returns stops listening. */
  onResize(listener: () => void): () => void;
}

export interface ProcessIo extends CliIo {
  /** Resolves when everything is written, with what went wrong (a full disk), or null. */
  flush(): Promise<Error | null>;
}

/** Every command writes through this one. A closed pipe is no error: its reader has seen enough. */
export function openProcessIo(): ProcessIo {
  let isClosed = false;
  let failure: Error | null = null;
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    isClosed = true;
    if (error.code === 'EPIPE' || failure !== null) return;
    failure = error;
    process.stderr.write(`Cannot write the output: ${error.message}\n`);
  });
  process.stderr.on('error', () => {});
  return {
    print: async (text) => !isClosed && (await write(process.stdout, text)),
    note: (text) => void process.stderr.write(text),
    printsToTerminal: process.stdout.isTTY,
    terminal: canDraw() ? terminalOf(process.stderr) : null,
    flush: async () => {
      if (!isClosed) await write(process.stdout, '');
      await write(process.stderr, '');
      return failure;
    },
  };
}

/** @returns whether it was written. */
function write(stream: NodeJS.WriteStream, text: string): Promise<boolean> {
  return new Promise((resolve) => {
    stream.write(text, (error) => resolve(error === null || error === undefined));
  });
}

/** NO_COLOR asks for plain output, and a dumb terminal can do no other. */
function canDraw(): boolean {
  const { NO_COLOR, TERM } = process.env;
  return process.stderr.isTTY && (NO_COLOR === undefined || NO_COLOR === '') && TERM !== 'dumb';
}

function terminalOf(stream: NodeJS.WriteStream): Terminal {
  return {
    // Some terminals give their size as 0 × 0.
    get columns() {
      return stream.columns || 80;
    },
    get rows() {
      return stream.rows || 24;
    },
    onResize: (listener) => {
      stream.on('resize', listener);
      return () => void stream.off('resize', listener);
    },
  };
}
