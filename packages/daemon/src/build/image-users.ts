/** A user, and the group that its processes have, by number. */
export interface ImageUser {
  readonly uid: number;
  /** Undefined: that which goes with the user. */
  readonly gid: number | undefined;
}

/** Where an image says which numbers its users and groups have. */
export const USER_FILES = { passwd: '/etc/passwd', group: '/etc/group' } as const;

const NUMBER = /^\d+$/;

/**
 * The numbers of a user as `docker run --user` takes it: `node`, `node:staff`, `1000:staff`. A name that is all digits is
 * a number.
 *
 * @param files of the image, as far as it has them
 * @returns undefined where the image has no such user or group
 */
export function findUser(
  user: string,
  files: { readonly passwd: string | undefined; readonly group: string | undefined },
): ImageUser | undefined {
  const [name = '', group] = user.split(':', 2);
  const known = entry(files.passwd, name);
  const uid = NUMBER.test(name) ? name : known?.[2];
  const gid =
    group === undefined || group === '' ? known?.[3] : NUMBER.test(group) ? group : entry(files.group, group)?.[2];
  if (uid === undefined || !NUMBER.test(uid)) return undefined;
  if (gid === undefined) return group === undefined || group === '' ? { uid: Number(uid), gid: undefined } : undefined;
  return NUMBER.test(gid) ? { uid: Number(uid), gid: Number(gid) } : undefined;
}

/** The fields of the line of a name; the first of several counts. */
function entry(file: string | undefined, name: string): string[] | undefined {
  return (file ?? '')
    .split('\n')
    .map((line) => line.trimEnd().split(':'))
    .find(([own]) => own === name);
}
