/** The `calc` tool: arithmetic without rounding, without `eval`. */
import { z } from 'zod';
import { defineTool, type Tool } from '../tool.ts';
import { evaluateArithmetic } from './evaluate-arithmetic.ts';
import { formatNumber, toDouble } from './exact-number.ts';

export function calcTool(): Tool {
  return defineTool({
    name: 'calc',
    description:
      'Compute an arithmetic expression exactly: + - * / ^ ( ), % as remainder or percentage ("15% of 80"), sqrt, abs, round(x, digits), floor, ceil, min, max.',
    effect: 'read',
    input: z.object({ expression: z.string().min(1).describe('For example "(1,250 + 3 * 40) / 2".') }),
    execute: ({ expression }) => {
      const result = evaluateArithmetic(expression);
      const value = toDouble(result);
      const { text, exact } = formatNumber(result);
      const asked = expression.replace(/\s+/g, ' ').trim();
      return { expression: asked, value, text: `${asked} = ${text}${exact ? '' : ' (rounded)'}` };
    },
  });
}
