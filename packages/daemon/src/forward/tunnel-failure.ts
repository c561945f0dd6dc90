/**
 * What the node says when nothing in the pod has taken the connection: the words of Linux, Go and Node for ECONNREFUSED and of
 * the runtimes for a container that is not there. They are all there is: the error of a forwarded port is a sentence.
 */
const NOT_TAKEN = /connection refused|ECONNREFUSED|not running|no such (?:container|process|file)|not found/i;

/** Why a tunnel to a pod ended, or was never there. */
export class TunnelFailure extends Error {
  /** False: nothing of what was sent can have reached the program, so that it may be sent again. */
  readonly wasTaken: boolean;

  constructor(message: string, wasTaken: boolean, options?: { cause?: unknown }) {
    super(message, options);
    this.name = 'TunnelFailure';
    this.wasTaken = wasTaken;
  }

  /** As the node told it on the stream for errors. */
  static ofNode(text: string): TunnelFailure {
    return new TunnelFailure(text.trim(), !NOT_TAKEN.test(text));
  }
}
