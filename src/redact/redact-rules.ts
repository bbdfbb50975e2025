/** The key `redact` of a team: how it is written, and what it becomes. */
import { z } from 'zod';
import { PlanwrightError } from '../errors.ts';
import { checkExpression } from '../plan/predicate.ts';
import { builtInNames, builtInPatterns, type Checksum } from './built-in-patterns.ts';

export interface RedactPattern {
  /** What takes the place of `{name}` in the replacement. */
  name: string;
  /** RE2. */
  pattern: string;
  checksum?: Checksum;
}

/** As it is stored with a run: built-in names are patterns here, so another version of them changes no run under way. */
export interface RedactRules {
  /** In this order. */
  patterns: RedactPattern[];
  /** What stands where a match stood; `{name}` is the pattern's name. */
  replacement: string;
  /** Given files that hold a match: left as they are, or a reason not to begin. */
  files: 'keep' | 'refuse';
}

export const defaultReplacement = '[{name}]';
/** A shorter text would stand in ordinary words, and nothing is looked for in a replacement. */
const minReplacement = 3;
const maxPatterns = 100;

const nameSchema = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,39}$/, {
  error: 'is not a pattern name: use letters, digits, "_" and "-", at most 40, starting with a letter or digit',
});

const expressionSchema = z
  .string()
  .min(1)
  .superRefine((expression, context) => {
    const problem = checkExpression(expression);
    if (problem !== null) context.addIssue({ code: 'custom', message: `cannot be used: ${problem}` });
  });

const replacementSchema = z
  .string()
  .max(100)
  .refine((text) => text === '' || text.length >= minReplacement, {
    error: `must be empty or have at least ${minReplacement} characters`,
  });

const filesSchema = z.enum(['keep', 'refuse']);

const listSchema = z
  .array(
    z.union([
      z.string().superRefine((name, context) => {
        if (isBuiltIn(name)) return;
        context.addIssue({ code: 'custom', message: `"${name}" is no built-in pattern. They are: ${builtInNames.join(', ')}` });
      }),
      z.strictObject({ name: nameSchema, pattern: expressionSchema }),
    ]),
  )
  .min(1)
  .max(maxPatterns);

export const redactDefinitionSchema = z.union([
  listSchema,
  z.strictObject({
    patterns: listSchema,
    replacement: replacementSchema.exactOptional(),
    files: filesSchema.exactOptional(),
  }),
]);

/**
 * What to redact: names of built-in patterns (`email`, `phone`, `iban`, `card`, `ipv4`, `aws-key`, `private-key`, `jwt`,
 * `bearer-token`) and patterns of one's own; as a list, or with a replacement (default `[{name}]`) and what is done about
 * given files that hold a match (default `keep`).
 */
export type RedactDefinition = z.input<typeof redactDefinitionSchema>;

export const redactRulesSchema: z.ZodType<RedactRules> = z.strictObject({
  patterns: z.array(
    z.strictObject({
      name: nameSchema,
      pattern: expressionSchema,
      checksum: z.enum(['luhn', 'mod97']).exactOptional(),
    }),
  ),
  replacement: replacementSchema,
  files: filesSchema,
});

/** @param definition Has passed the schema. */
export function resolveRedact(definition: RedactDefinition): RedactRules {
  const {
    patterns,
    replacement = defaultReplacement,
    files = 'keep',
  } = Array.isArray(definition) ? { patterns: definition } : definition;
  return {
    patterns: patterns.map((entry) => (typeof entry === 'string' ? namedPattern(entry) : { ...entry })),
    replacement,
    files,
  };
}

/** A definition that a program gives. @throws {PlanwrightError} `usage`, naming what is wrong with it. */
export function readRedact(definition: RedactDefinition): RedactRules {
  const parsed = redactDefinitionSchema.safeParse(definition);
  if (parsed.success) return resolveRedact(parsed.data);
  const [issue] = deepestIssues(parsed.error.issues);
  const path = ['redact', ...(issue?.path ?? [])].map(String).join('.');
  throw new PlanwrightError('usage', `${path}: ${issue?.message ?? 'is not what redact may be'}.`, { location: { path } });
}

/** Of a union the branch that got farthest into the value. */
function deepestIssues(issues: readonly z.core.$ZodIssue[]): readonly z.core.$ZodIssue[] {
  return issues.flatMap((issue) => {
    if (issue.code !== 'invalid_union') return [issue];
    const branches = issue.errors.map((branch) => deepestIssues(branch));
    const entered = branches.find((branch) => !branch.some(({ code, path }) => code === 'invalid_type' && path.length === 0));
    return (entered ?? branches[0] ?? []).map((inner) => ({ ...inner, path: [...issue.path, ...inner.path] }));
  });
}

/** What any of them redacts; the first has the word on the rest. Absent when there is none. */
export function uniteRedact(all: readonly (RedactRules | undefined)[]): RedactRules | undefined {
  const given = all.filter((rules) => rules !== undefined);
  const [first] = given;
  if (first === undefined) return undefined;
  const patterns = new Map<string, RedactPattern>();
  for (const pattern of given.flatMap((rules) => rules.patterns)) {
    const key = JSON.stringify([pattern.name, pattern.pattern]);
    if (!patterns.has(key)) patterns.set(key, pattern);
  }
  const refuses = given.some(({ files }) => files === 'refuse');
  return { patterns: [...patterns.values()], replacement: first.replacement, files: refuses ? 'refuse' : 'keep' };
}

function namedPattern(name: string): RedactPattern {
  return isBuiltIn(name) ? { name, ...builtInPatterns[name] } : { name, pattern: name };
}

function isBuiltIn(name: string): name is keyof typeof builtInPatterns {
  return builtInNames.some((known) => known === name);
}
