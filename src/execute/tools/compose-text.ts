/** The `compose_text` tool: for a role that only puts results together as they are, which takes no model. */
import { z } from 'zod';
import { defineTool, type Tool } from '../tool.ts';

export function composeTextTool(): Tool {
  return defineTool({
    name: 'compose_text',
    description: 'Gives the text that it is given. As a role’s tool: references of the instruction are results as they are.',
    effect: 'read',
    input: z.object({ text: z.string() }),
    execute: ({ text }) => text,
  });
}
