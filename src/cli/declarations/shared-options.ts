/** Options that several commands have, with one wording. */
import { type Command, Option } from 'commander';
import { parseCount, parseSeconds, parseStorePath, parseUsd } from '../option-values.ts';

export function withTask(command: Command): Command {
  return command
    .option('--files <dir>', 'a folder of documents to work on')
    .option('--team <file>', 'a team file or a preset (default: research)')
    .option(
      '--model <spec>',
      'the model for roles that name none: offline, anthropic:…, openai:…, google:…, http://host:port/v1#model (default: offline)',
    );
}

export function withLimits(command: Command): Command {
  return command
    .option('--budget-usd <x>', 'spend at most so many US dollars', parseUsd)
    .option('--budget-tokens <n>', 'use at most so many tokens, input and output together', parseCount)
    .option('--timeout-s <n>', 'take at most so many seconds', parseSeconds);
}

export function withTelemetry(command: Command): Command {
  return command.option(
    '--otlp <url>',
    'send the run’s spans there, to a receiver of OpenTelemetry (default: by OTEL_… variables)',
  );
}

export function withStore(command: Command): Command {
  return command.addOption(
    new Option('--store <path>', 'where runs are kept: a folder, a file, or postgres://… (default: .planwright)')
      .argParser(parseStorePath)
      .env('PLANWRIGHT_STORE'),
  );
}
