import { EngineError } from '../ports/container-engine.ts';

/** Whether there is room for what the engine writes. That there is none is a fault, brought about on demand. */
export class Disk {
  isFull = false;

  /**
   * Is asked before something is written.
   *
   * @param call the system call that fails first where there is no room, and what dockerd does with it
   * @throws EngineError 500 with the words that dockerd has for ENOSPC
   */
  mustHaveRoom(call: 'mkdir' | 'open', file: string, doing = ''): void {
    if (this.isFull) throw new EngineError(500, `${doing}${call} ${file}: no space left on device`);
  }
}
