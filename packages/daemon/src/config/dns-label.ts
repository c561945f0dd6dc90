/** A text made into an RFC 1123 label, as far as it can be: `My Shop` → `my-shop`. */
export function toDnsLabel(text: string): string {
  return text
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(0, 63)
    .replaceAll(/^-+|-+$/g, '');
}
