import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { findConfig } from '@devloop/daemon/config/find-config';
import { doubtsAbout, type InferredConfig, inferConfig } from '@devloop/daemon/project/infer/infer-config';
import { surveyFolder } from '@devloop/daemon/project/infer/survey-folder';
import { CONFIG_FILE } from '@devloop/shared/config/config-file';
import { DevloopError } from '@devloop/shared/errors/devloop-error';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { findProjectFolder } from '../project-folder.ts';
import { displayPath } from '../terminal/report.ts';
import type { CommandContext } from './command-context.ts';

export interface InitOptions {
  /** Print it, and write nothing. */
  readonly print: boolean;
  /** Ask nothing, and take what is most likely. */
  readonly yes: boolean;
}

/** Writes a devloop.yaml for what lies in the folder, and says what was understood and why. */
export async function init({ print, yes }: InitOptions, context: CommandContext): Promise<ExitCode> {
  const { terminal } = context;
  const inferred = await infer(!print && !yes && terminal.isInteractive, context);
  if (print) {
    await terminal.print(inferred.text.trimEnd());
    return EXIT.ok;
  }
  await explain(inferred, context);
  await write(inferred, context);
  return EXIT.ok;
}

/**
 * The project's folder, as {@link findProjectFolder} finds it. Where there is no devloop.yaml, one is made of what lies in
 * the folder, and written if that is wanted.
 *
 * @throws DevloopError `config/not-found`
 */
export async function findOrInferProject(yes: boolean, context: CommandContext): Promise<string> {
  const { terminal, signal, startFolder } = context;
  const asks = !yes && terminal.isInteractive;
  try {
    return await findProjectFolder(startFolder);
  } catch (error) {
    if (!(error instanceof DevloopError) || error.code !== 'config/not-found') throw error;
    if (!yes && !asks) throw error;
    const inferred = await infer(asks, context);
    await explain(inferred, context);
    const wanted = yes || (await terminal.confirm(`Write this to ${CONFIG_FILE} and start?`, signal));
    if (!wanted) throw error;
    await write(inferred, context);
    return await findProjectFolder(startFolder);
  }
}

/**
 * What lies in the folder, understood.
 *
 * @param asks whether what is not sure is asked
 * @throws DevloopError `config/not-found` where that is nothing, with what could not be understood as evidence
 */
async function infer(asks: boolean, { terminal, startFolder, signal }: CommandContext): Promise<InferredConfig> {
  const survey = await surveyFolder(startFolder, process.env, signal);
  const answers = new Map<string, string | undefined>();
  for (;;) {
    const inferred = inferConfig(survey, path.resolve(startFolder), answers);
    if (inferred === undefined) throw nothingFound(startFolder, doubtsAbout(survey));
    const question = asks ? inferred.questions[0] : undefined;
    if (question === undefined) return inferred;
    const { dockerfile, choices } = question;
    const labels = choices.map(({ label }) => label);
    const chosen = await terminal.choose(`Which image of the manifests is built from ${dockerfile}?`, labels, signal);
    answers.set(dockerfile, choices[chosen]?.image);
  }
}

function nothingFound(folder: string, evidence: readonly string[]): DevloopError {
  return new DevloopError(
    'config/not-found',
    `There is nothing in ${folder} that devloop could run: no Dockerfile, no compose file and no manifest of a workload.`,
    'Go to the folder of your app, or name it: devloop -C DIR init',
    { evidence },
  );
}

async function explain({ text, reasons, doubts }: InferredConfig, { terminal }: CommandContext): Promise<void> {
  const { dim } = terminal.palette;
  await terminal.print(reasons.map((reason) => `· ${reason}`).join('\n'));
  if (doubts.length > 0) await terminal.print(doubts.map((doubt) => `? ${doubt}`).join('\n'));
  await terminal.print(`\n${dim(text.trimEnd())}\n`);
}

/** @throws DevloopError `command/refused` where there is one already, here or in a folder above */
async function write({ text }: InferredConfig, { terminal, cwd, startFolder }: CommandContext): Promise<void> {
  const there = await findConfig(startFolder).catch(() => undefined);
  if (there !== undefined) {
    throw new DevloopError(
      'command/refused',
      `There is a ${displayPath(there, cwd)} already, which stays as it is.`,
      'See what would be written now: devloop init --print',
    );
  }
  const file = path.join(startFolder, CONFIG_FILE);
  await writeFile(file, text, { flag: 'wx' });
  await terminal.print(`Written to ${displayPath(file, cwd)}.`);
}
