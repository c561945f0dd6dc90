/** What becomes of the cluster when the daemon has ended. */
export function whatStays(isSandbox: boolean): string {
  return isSandbox
    ? 'Its sandbox has ended with it, and all that ran there.'
    : 'What runs in the cluster keeps running; devloop down deletes it.';
}
