/** What a program says to the node over its descriptor, a line of JSON each. */
export type ProgramMessage =
  /** It listens at a port of its pod, which is a port of 127.0.0.1. */
  | { readonly is: 'listening'; readonly port: number; readonly at: number }
  | { readonly is: 'closed'; readonly port: number }
  /** Where is this? Answered by `found` with the same id. */
  | { readonly is: 'find'; readonly id: number; readonly address: string; readonly port: number };

/** What the node says to a program. */
export type NodeAnswer =
  | { readonly is: 'found'; readonly id: number; readonly at: number | undefined }
  /** Another program of the pod listens there. */
  | { readonly is: 'taken'; readonly port: number };
