/** A team file in TypeScript. `planwright run TASK --team examples/packing-team.ts` takes it too. */
import { defineTeam } from 'planwright';

export default defineTeam({
  name: 'packing',
  roles: {
    scout: {
      description: 'Looks up the weather.',
      instructions: 'You look up the weather of every city of the trip and say what it means for clothes.',
      tools: ['weather'],
    },
    packer: {
      description: 'Writes the packing list.',
      instructions: 'You write a packing list from what you are given. Leave out what nobody needs.',
    },
  },
  limits: { calls: 20, retries: 1 },
});
