import { constants } from 'node:os';

/** Number of a signal by name, with or without `SIG`, or by number. Undefined for what is none. */
export function signalNumber(signal: string): number | undefined {
  if (/^\d+$/.test(signal)) {
    const number = Number(signal);
    return number > 0 && number <= 64 ? number : undefined;
  }
  const name = signal.toUpperCase();
  return constants.signals[(name.startsWith('SIG') ? name : `SIG${name}`) as NodeJS.Signals];
}
