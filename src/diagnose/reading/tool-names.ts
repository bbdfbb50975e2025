/** What a tool's name says that it does. */

/** `writeFile` as `write_File`: every word of the name by itself. */
export function splitToolName(tool: string): string {
  return tool.replace(/(\p{Ll})(\p{Lu})/gu, '$1_$2');
}

const writing =
  /(?:^|[^a-z])(?:write|edit|patch|save|create|replace|insert|append|apply|modify|update|put|overwrite)(?=$|[^a-z])/i;
const releasing = /(?:^|[^a-z])(?:deploy|merge|release|publish|rollout|push)(?=$|[^a-z])/i;

/** Leaves something changed. */
export function isWritingTool(tool: string): boolean {
  return writing.test(splitToolName(tool));
}

/** Hands work over to others. */
export function isReleasingTool(tool: string): boolean {
  return releasing.test(splitToolName(tool));
}
