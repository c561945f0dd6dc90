/** Where kubectl says otherwise on the sandbox than on the scenarios' cluster, and why it may. */
export const KUBECTL_EXPLAINED: readonly { readonly where: RegExp; readonly why: string }[] = [
  {
    where: /cannot convert float64 to int32|cannot unmarshal number 1\.5 into Go struct field/,
    why: 'the decoder names the field since 1.22',
  },
  {
    where: /describe service web .*(?:IP Families|IP Family Policy)/,
    why: 'Services have these fields since 1.20 to 1.22',
  },
  { where: /Scaled up replica set web-HASH (?:from 0 )?to 1/, why: 'where it comes from is told since 1.26' },
  { where: /Error executing in Docker Container/, why: 'the words of dockershim, which is gone since 1.24' },
  { where: /^channel\.k8s\.io /, why: 'the sandbox speaks the protocols 4 and 5; those before tell of no exit code' },
  {
    where: /^portforward \S+ \{"at":"channels\.1","real":".*connect.*onnection refused.*onnection refused"\}$/s,
    why: 'that nothing listens is said in the words of socat, by which dockershim forwarded, which is gone since 1.24',
  },
  { where: /^v4\.channel\.k8s\.io stdout=1 /, why: 'that there is no command is said before the stream, not in it' },
];
