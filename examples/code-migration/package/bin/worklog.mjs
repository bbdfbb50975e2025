#!/usr/bin/env node
import { run } from '../src/command.mjs';

run(process.argv.slice(2), { folder: process.env.WORKLOG ?? 'worklog', say: console.log }, (error) => {
  if (!error) return;
  console.error(error.message);
  process.exitCode = 1;
});
