import { createRequire } from 'node:module';

/** Loads the app, on the terminal library as it is meant for production, which is smaller and faster. */
export async function loadApp(): Promise<typeof import('./app.ts')> {
  loadReactForProduction();
  return import('./app.ts');
}

/**
 * React looks at NODE_ENV while it is loaded. It is loaded without a pause, and NODE_ENV is as it was afterwards: a
 * daemon that is started inherits it, and with it the user's hooks.
 */
function loadReactForProduction(): void {
  const before = process.env['NODE_ENV'];
  process.env['NODE_ENV'] = 'production';
  try {
    const load = createRequire(import.meta.resolve('ink'));
    for (const module of ['react', 'react-reconciler', 'react-reconciler/constants.js']) load(module);
  } finally {
    if (before === undefined) delete process.env['NODE_ENV'];
    else process.env['NODE_ENV'] = before;
  }
}
