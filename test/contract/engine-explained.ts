import type { Explanation } from './comparison.ts';

/**
 * Where the sandbox's engine answers otherwise than that of the scenarios' cluster, and why it may. A row reads
 * `STEP METHOD PATH PLACE: REAL ≠ OURS`. The sandbox is like Docker 28; that engine is a 20.10.
 */
export const ENGINE_EXPLAINED: readonly Explanation[] = [
  { where: /API version is 1\.41|API version is 1\.12/, why: 'the versions that each of them speaks' },
  {
    where: /"(?:Invalid filter|Cannot kill container|Container ID is not running|Config cannot be empty)/,
    why: 'messages begin with a small letter since 23',
  },
  { where: /filters=nonsense /, why: 'filters that are no JSON are the client’s fault, 400, since 23' },
  { where: /You cannot remove a running container/, why: 'other words since 23' },
  { where: /"no such image: .*: No such image/, why: 'said once since 23' },
  { where: /pathcannot be empty/, why: 'a blank was missing' },
  { where: /dockerfile parse error line \d/, why: '"on line" since 23' },
  {
    where: /invalid reference format|repo=THIS%20x status|Not%20A%20Name&rm=1 status/,
    why: '400 with the name since 25',
  },
  { where: /archive\?path=\/app\/put\.txt status: 500/, why: 'the API’s description has 400' },
  { where: /error reading build ?args/, why: 'JSON is read by another library' },
  {
    where: /i\/o timeout/,
    why: 'the cluster has no way to a registry; the sandbox has none and says what is not there',
  },
  { where: /images\/create\?.* status: 500/, why: 'the same' },
  { where: /Invalid containerPort/, why: 'a small letter since the library’s version of 23' },
  {
    where: /devloop sandbox: a RUN step has no network/,
    why: 'a RUN that fails in the sandbox may fail of what it lacks, so that is said',
  },
  {
    where: /shim task: OCI runtime create failed.*The command 'nonsense'|errorDetail\.code: undefined ≠ 127/,
    why: 'a program that is not there is a step that ended with 127, as BuildKit has it, for both builders',
  },
  { where: /failed to parse Dockerfile: |failed to reach build target/, why: 'BuildKit’s words for both builders' },
  {
    where:
      /body(?:\[0\])?\.(?:Parent|ParentId|Comment|Container|ContainerConfig|DockerVersion|VirtualSize|RepoDigests)\b/,
    why: 'what only the classic builder wrote, and what is gone or empty since 25',
  },
  {
    where:
      /Config\.(?:Hostname|Domainname|AttachStdin|AttachStdout|AttachStderr|Tty|OpenStdin|StdinOnce|Image): (?:""|false|"sha256:ID") ≠ undefined/,
    why: 'images have no fields of containers since 27',
  },
  { where: /io\.devloop\.sandbox\.is/, why: 'base images of the sandbox say that they are stand-ins' },
  { where: /RepoTags: \["<none>:<none>"\] ≠ \[\]/, why: 'an image without a name has an empty list since 25' },
  { where: /body(?:\[0\])?\.Size: /, why: 'base images of the sandbox are nearly empty' },
  {
    where: /NetworkMode: "none"|NetworkSettings\.Networks\.none/,
    why: 'containers that are made through the API are in the network of the sandbox’s node, and say so',
  },
  { where: /GraphDriver\.Data/, why: 'each keeps its layers in its own way' },
  { where: /body\.BuildCache: "undefined" ≠ "array"/, why: 'null where BuildKit has built nothing yet' },
  {
    where: /RootFS\.Layers/,
    why: 'each step that can write has a layer, as with BuildKit; the classic builder leaves empty ones out',
  },
];
