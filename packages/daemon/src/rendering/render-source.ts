/** Manifests that a tool of the user's makes of its own files. All paths are absolute. */
export type RenderSource =
  | {
      readonly tool: 'kustomize';
      readonly folder: string;
    }
  | {
      readonly tool: 'helm';
      readonly chart: string;
      readonly release: string;
      /** Files, each laid over those before it. */
      readonly values: readonly string[];
      readonly set: Readonly<Record<string, string | number | boolean>>;
      /** Undefined: helm's own choice. */
      readonly namespace: string | undefined;
    };

/** What became of it; that the user's files cannot be rendered is an expected outcome, not an exception. */
export type RenderOutcome =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly message: string; readonly hint: string };
