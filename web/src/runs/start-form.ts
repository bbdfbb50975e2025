/** What a filled-in form asks the server to start. Empty fields are left out: the team's own values hold. */

export interface StartRequest {
  task: string;
  team?: string;
  strategy?: string;
  files?: string;
  model?: string;
  approve?: true;
  limits?: { concurrency?: number; usd?: number; tokens?: number; timeoutMs?: number };
}

export function readStartForm(form: FormData): StartRequest {
  const text = (name: string): string => {
    const value = form.get(name);
    return typeof value === 'string' ? value.trim() : '';
  };
  const given = (name: string) => (text(name) === '' ? {} : { [name]: text(name) });
  const number = (name: string, key = name, factor = 1) => (text(name) === '' ? {} : { [key]: Number(text(name)) * factor });
  const limits = {
    ...number('concurrency'),
    ...number('usd'),
    ...number('tokens'),
    ...number('seconds', 'timeoutMs', 1000),
  };
  return {
    task: text('task'),
    ...given('team'),
    ...given('strategy'),
    ...given('files'),
    ...given('model'),
    ...(form.get('approve') === null ? {} : { approve: true }),
    ...(Object.keys(limits).length === 0 ? {} : { limits }),
  };
}
