/** The `workspace` tools: write, change and remove files of the attempt's own folder, and of nothing else. */
import { z } from 'zod';
import { PlanwrightError } from '../../errors.ts';
import type { Json } from '../../json.ts';
import { readTextIn, removeFileIn, writeTextIn } from '../../workspace/edit-folder.ts';
import { defineTool, type Tool, type ToolContext } from '../tool.ts';
import { type Checkpoint, checkpointSchema, type WorkspaceContext } from '../workspace-context.ts';

const maxCharactersWritten = 1_000_000;
const path = z.string().min(1).max(1000).describe('Relative to the folder, with forward slashes.');

export function workspaceTools(): Tool[] {
  return [writeTool(), replaceTool(), removeTool()];
}

function writeTool(): Tool {
  return changingTool(
    'write_file',
    'Write a text file of your folder: a new one, or in the place of what stands there.',
    z.object({ path, content: z.string().max(maxCharactersWritten) }),
    async ({ path: file, content }, folder) => {
      await writeTextIn(folder, file, content);
      return `Wrote ${file}: ${countLines(content)} lines.`;
    },
  );
}

function replaceTool(): Tool {
  return changingTool(
    'replace_text',
    'Replace a piece of a text file. `find` has to stand in it exactly once, to the letter.',
    z.object({ path, find: z.string().min(1).max(maxCharactersWritten), replace: z.string().max(maxCharactersWritten) }),
    async ({ path: file, find, replace }, folder) => {
      const text = await readTextIn(folder, file);
      const parts = text.split(find);
      if (parts.length !== 2) {
        const found = parts.length === 1 ? 'does not stand' : `stands ${parts.length - 1} times`;
        throw new PlanwrightError('usage', `The text to replace ${found} in ${file}. Give a longer piece of it, word for word.`);
      }
      await writeTextIn(folder, file, parts.join(replace));
      return `Changed ${file} at line ${countLines(parts[0] ?? '')}.`;
    },
  );
}

function removeTool(): Tool {
  return changingTool('remove_file', 'Remove a file of your folder.', z.object({ path }), async ({ path: file }, folder) => {
    await removeFileIn(folder, file);
    return `Removed ${file}.`;
  });
}

const keptSchema = z.object({ said: z.string(), checkpoint: checkpointSchema });

/** Made once and journaled with the state it left behind; a replay puts the folder there. */
function changingTool<Schema extends z.ZodType>(
  name: string,
  description: string,
  input: Schema,
  act: (input: z.infer<Schema>, folder: string) => Promise<string>,
): Tool {
  const tool = defineTool({
    name,
    description,
    effect: 'idempotent',
    input,
    execute: async (given, context) => {
      const workspace = needWorkspace(context);
      const { result: said, checkpoint } = await workspace.change(() => act(given, workspace.folder));
      return { said, checkpoint: toJson(checkpoint) };
    },
  });
  return {
    ...tool,
    settle: async (result, context) => {
      const kept = keptSchema.parse(result);
      await needWorkspace(context).restore(kept.checkpoint);
      return kept.said;
    },
  };
}

function toJson({ change, patch }: Checkpoint): Json {
  return { change, patch: { ...patch } };
}

function needWorkspace({ workspace }: ToolContext): WorkspaceContext {
  if (workspace !== undefined) return workspace;
  throw new PlanwrightError('usage', 'This run has no workspaces: write "workspace: {}" in its team file.');
}

function countLines(text: string): number {
  return text.split('\n').length;
}
