import { registerHooks } from 'node:module';

/** Ink takes one function of this library, whose index alone is 415 modules: half of the time until the first frame. */
const WHOLE_LIBRARY = 'es-toolkit/compat';
const ONE_FUNCTION = 'es-toolkit/compat/throttle';
/** Marks the URL of that function's module where it is to have the name that Ink imports. */
const NAMED = '?named';
/**
 * Ink's layout, with its WebAssembly as a data URL. It would read that by `fetch`, for which Node loads all of undici, and
 * decodes it by itself where there is no `fetch`.
 */
const LAYOUT = '/yoga-wasm-base64-esm.js';
const WITHOUT_FETCH = 'const fetch = undefined;';

/**
 * Loads the app with the terminal library as it is meant for production, which is smaller and faster, and of what that
 * takes from other libraries no more than it uses. It looks at NODE_ENV while it is loaded; afterwards that is as it
 * was, because the daemon and the user's hooks inherit it.
 */
export async function loadApp(): Promise<typeof import('./app.ts')> {
  const before = process.env['NODE_ENV'];
  process.env['NODE_ENV'] = 'production';
  const hooks = registerHooks({
    resolve(specifier, context, next) {
      if (specifier !== WHOLE_LIBRARY) return next(specifier, context);
      const found = next(ONE_FUNCTION, context);
      return { ...found, url: `${found.url}${NAMED}` };
    },
    load(url, context, next) {
      if (url.endsWith(LAYOUT)) {
        const { source = '', ...loaded } = next(url, context);
        const text = typeof source === 'string' ? source : new TextDecoder().decode(source);
        return { ...loaded, source: `${WITHOUT_FETCH}${text}` };
      }
      if (!url.endsWith(NAMED)) return next(url, context);
      const source = `export { default as throttle } from ${JSON.stringify(url.slice(0, -NAMED.length))};`;
      return { format: 'module', source, shortCircuit: true };
    },
  });
  try {
    return await import('./app.ts');
  } finally {
    hooks.deregister();
    if (before === undefined) delete process.env['NODE_ENV'];
    else process.env['NODE_ENV'] = before;
  }
}
