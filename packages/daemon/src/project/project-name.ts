import { toDnsLabel } from '../config/dns-label.ts';

/** The project's name when the config gives none: the folder's name as an RFC 1123 label. */
export function projectNameOf(folderName: string): string {
  return toDnsLabel(folderName) || 'project';
}
