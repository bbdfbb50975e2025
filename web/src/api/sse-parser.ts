/** The wire format of server-sent events (WHATWG HTML, 9.2.6), as far as our server uses it. */

export interface SseMessage {
  event: string;
  id: string | null;
  data: string;
}

/** Text is pushed in whatever pieces it arrives; each whole message is handed on once. */
export function createSseParser(onMessage: (message: SseMessage) => void): { push(text: string): void } {
  let rest = '';
  let fresh: SseMessage = { event: 'message', id: null, data: '' };
  let lines: string[] = [];

  const take = (line: string): void => {
    if (line === '') {
      if (lines.length > 0 || fresh.event !== 'message') onMessage({ ...fresh, data: lines.join('\n') });
      fresh = { event: 'message', id: null, data: '' };
      lines = [];
      return;
    }
    if (line.startsWith(':')) return;
    const colon = line.indexOf(':');
    const field = colon === -1 ? line : line.slice(0, colon);
    const value = colon === -1 ? '' : line.slice(colon + 1).replace(/^ /, '');
    if (field === 'data') lines.push(value);
    else if (field === 'event') fresh.event = value;
    else if (field === 'id') fresh.id = value;
  };

  return {
    push(text) {
      const parts = (rest + text).split(/\r\n|\n|\r(?!$)/);
      rest = parts.pop() ?? '';
      for (const part of parts) take(part);
    },
  };
}
