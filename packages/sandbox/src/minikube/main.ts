#!/usr/bin/env node
/**
 * The `minikube` command of a sandbox: its first argument is the sandbox's state, the rest is what a user or devloop
 * asks of minikube. Answers what can be answered; other things are refused with exit code 64, as minikube's own usage
 * errors are.
 */
import { readFileSync } from 'node:fs';
import process from 'node:process';
import { parseArgs } from 'node:util';
import type { SandboxState } from '../host/sandbox-state.ts';
import { answerMinikube } from './answer-minikube.ts';

const [file = '', ...args] = process.argv.slice(2);
const state = JSON.parse(readFileSync(file, 'utf8')) as SandboxState;
const { values, positionals } = parseArgs({
  args,
  strict: false,
  allowPositionals: true,
  options: {
    profile: { type: 'string', short: 'p' },
    output: { type: 'string', short: 'o' },
    shell: { type: 'string' },
  },
});
const answer = answerMinikube(state, positionals, values as Parameters<typeof answerMinikube>[2]);
process.stdout.write(answer.stdout);
process.stderr.write(answer.stderr);
process.exitCode = answer.exitCode;
