/** How far a rollout was when it was looked at: who looks later sees less of it. */
const ON_THE_WAY = /^Waiting for deployment (?:spec update to be observed|.* rollout to finish)/;

/**
 * Lines of a command's output without what differs from run to run: names of pods, ages, addresses, times. Columns are
 * apart by one blank, as their widths are those of the names.
 */
export function readable(output: string, namespace: string): string[] {
  const lines = output.replaceAll(namespace, 'NS').split('\n');
  const own = lines.filter((line) => isOwn(line, lines[0] ?? '') && !ON_THE_WAY.test(line));
  return own
    .map((line) =>
      line
        .replace(/\b(web|counts)-[0-9a-f]{6,10}(-[a-z0-9]{5})?\b/g, '$1-HASH')
        .replace(/\bcounts-[a-z0-9]{5}\b/g, 'counts-HASH')
        .replace(/\b\d{1,3}(?:\.\d{1,3}){3}\b/g, 'ADDRESS')
        .replace(/\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/g, 'UID')
        .replace(/\b\d+(?:s|m|m\d+s)\b(?! timeout)/g, 'AGE')
        .replace(/(?<=^CreationTimestamp:).*/, ' TIME')
        .replace(/\s+/g, ' ')
        .trim(),
    )
    .filter((line) => line !== '');
}

/** Lists of all namespaces tell of the other namespaces too. */
function isOwn(line: string, header: string): boolean {
  return !header.startsWith('NAMESPACE') || line.startsWith('NS ') || line.startsWith('NAMESPACE');
}
