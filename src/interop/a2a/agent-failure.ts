/** Why a remote agent has not done what it was asked, in words that a planner, a person and a log can use. */
import { PlanwrightError } from '../../errors.ts';
import { cleanText } from '../mcp/clean-text.ts';

/** Of what a remote agent says about itself. */
const maxSaidCharacters = 1000;

/** @param why A clause without a full stop at its end. */
export function agentFailed(address: string, why: string, cause?: unknown): PlanwrightError {
  const text = cleanText(why, maxSaidCharacters)
    .replace(/\s+/g, ' ')
    .replace(/[.\s]+$/, '');
  return new PlanwrightError('agent-failed', `The remote agent at ${address} ${text}.`, {
    ...(cause === undefined ? {} : { cause }),
    details: { agent: address },
  });
}
