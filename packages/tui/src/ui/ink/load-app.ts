/**
 * Loads the app with the terminal library as it is meant for production, which is smaller and faster. It looks at
 * NODE_ENV while it is loaded; afterwards that is as it was, because the daemon and the user's hooks inherit it.
 */
export async function loadApp(): Promise<typeof import('./app.ts')> {
  const before = process.env['NODE_ENV'];
  process.env['NODE_ENV'] = 'production';
  try {
    return await import('./app.ts');
  } finally {
    if (before === undefined) delete process.env['NODE_ENV'];
    else process.env['NODE_ENV'] = before;
  }
}
