/** Spans of runs that the command drives: by --otlp, and by the standard variables. */
import { expect, test } from 'vitest';
import { startOtlpReceiver } from '../support/otlp-receiver.ts';
import { findFaults } from '../support/span-tree.ts';
import { makeTemporaryFolder } from '../support/temporary-folder.ts';
import { runCommand } from './command-process.ts';

const task = ['run', 'What is 6 times 7?', '--json'];

test('--otlp and OTEL_EXPORTER_OTLP_ENDPOINT both send the trace; the other variables hold too', async () => {
  const folder = makeTemporaryFolder();
  for (const way of ['flag', 'variable']) {
    await using receiver = await startOtlpReceiver();
    const { url } = receiver;
    const run = await runCommand(folder, way === 'flag' ? [...task, '--otlp', url] : task, {
      env: {
        ...(way === 'flag' ? {} : { OTEL_EXPORTER_OTLP_ENDPOINT: url }),
        OTEL_SERVICE_NAME: 'harbor',
        OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name=test',
      },
    });
    expect(run.code).toBe(0);
    const { runId } = JSON.parse(run.stdout);
    const spans = receiver.spans();
    expect(findFaults(spans)).toEqual([]);
    expect(spans.length).toBeGreaterThan(2);
    expect(new Set(spans.map(({ attributes }) => attributes['planwright.run.root_id']))).toEqual(new Set([runId]));
    expect(spans[0]?.resource).toMatchObject({ 'service.name': 'harbor', 'deployment.environment.name': 'test' });
    expect(receiver.payload()).not.toContain('6 times 7');
  }
});

test('content is captured by the variable of the conventions', async () => {
  await using receiver = await startOtlpReceiver();
  const env = { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url, OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT: 'SPAN_ONLY' };
  expect((await runCommand(makeTemporaryFolder(), task, { env })).code).toBe(0);
  expect(receiver.payload()).toContain('6 times 7');
});

test('OTEL_SDK_DISABLED sends nothing; a receiver that is gone is told once, and the run succeeds', async () => {
  await using receiver = await startOtlpReceiver();
  const off = { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url, OTEL_SDK_DISABLED: 'true' };
  expect((await runCommand(makeTemporaryFolder(), task, { env: off })).code).toBe(0);
  expect(receiver.requests()).toBe(0);
  const gone = await runCommand(makeTemporaryFolder(), [...task, '--otlp', 'http://127.0.0.1:9']);
  expect(gone.code).toBe(0);
  expect(gone.stderr.match(/Traces are not whole/g)).toHaveLength(1);
});
