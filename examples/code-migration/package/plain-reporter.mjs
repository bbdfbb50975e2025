/** One line a test, in alphabetical order and without durations: the same tests with the same results print the same text. */
export default async function* report(events) {
  const lines = [];
  for await (const { type, data } of events) {
    if (type === 'test:pass') lines.push(`ok ${data.name}`);
    if (type === 'test:fail')
      lines.push(`not ok ${data.name}: ${data.details.error.cause?.message ?? data.details.error.message}`);
  }
  for (const line of lines.toSorted()) yield `${line}\n`;
  yield `# tests ${lines.length}\n`;
}
