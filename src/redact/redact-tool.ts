/** What a tool gives, redacted before the model or the journal has it: a replayed call then gives the same. */
import type { Json } from '../json.ts';
import { redactThrown } from './redact-answer.ts';
import { redactJson } from './redact-json.ts';
import type { TextRedactor } from './redactor.ts';

/** @throws what the tool threw, its message redacted. */
export async function redactOutcome(outcome: Promise<Json>, redactor: TextRedactor): Promise<Json> {
  try {
    return redactJson(await outcome, redactor);
  } catch (thrown) {
    throw redactThrown(thrown, redactor);
  }
}
