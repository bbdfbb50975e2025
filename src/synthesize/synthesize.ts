/** Folds several results into the deliverable by one call. A plan with one sink never comes here. */

import { defaultRoleLimits } from '../team/defaults.ts';
import type { Role, Team } from '../team/team.ts';

/** What a synthesizer is told when its team says nothing. */
export const synthesizerInstructions =
  'You assemble the results of a team into one answer to its task. Use only what the results say, keep their citations word for word, name what is missing, add nothing.';

/** The synthesizer is an executor without tools whose dependencies are the sinks. */
export function synthesizerRole(team: Team): Role {
  const { model, fallbackModels, instructions } = team.synthesizer;
  return {
    name: 'synthesizer',
    description: 'Assembles the results.',
    instructions: instructions ?? synthesizerInstructions,
    tools: [],
    ...(model === undefined ? {} : { model }),
    ...(fallbackModels === undefined ? {} : { fallbackModels }),
    limits: { ...defaultRoleLimits, maxSteps: 1 },
    accept: [],
    fallback: [],
  };
}
