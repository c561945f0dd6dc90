import type { RootFiles } from './root-files.ts';

export interface User {
  readonly uid: number;
  readonly gid: number;
  readonly home: string;
}

/** Where a user is not in the image's files. The words are moby's. */
export class UnknownUser extends Error {}

/**
 * `user`, `uid`, `user:group` or `uid:gid` by the image's /etc/passwd and /etc/group; empty is root.
 *
 * @throws UnknownUser
 */
export function lookUpUser(text: string, files: RootFiles): User {
  const [name = '', group] = text.split(':');
  const passwd = table(files, '/etc/passwd');
  const wanted = name === '' ? '0' : name;
  const entry = passwd.find((fields) => fields[0] === wanted) ?? passwd.find((fields) => fields[2] === wanted);
  if (entry === undefined && !/^\d+$/.test(wanted)) {
    throw new UnknownUser(`unable to find user ${wanted}: no matching entries in passwd file`);
  }
  const uid = Number(entry?.[2] ?? wanted);
  const home = entry?.[5] || '/';
  if (group === undefined || group === '') return { uid, gid: Number(entry?.[3] ?? 0), home };
  const found = table(files, '/etc/group').find((fields) => fields[0] === group || fields[2] === group);
  if (found === undefined && !/^\d+$/.test(group)) {
    throw new UnknownUser(`unable to find group ${group}: no matching entries in group file`);
  }
  return { uid, gid: Number(found?.[2] ?? group), home };
}

function table(files: RootFiles, file: string): string[][] {
  const text = files.read(file)?.toString('utf8') ?? '';
  return text.split('\n').map((line) => line.split(':'));
}
