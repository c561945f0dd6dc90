import type { Explanation } from './comparison.ts';

/**
 * Where the sandbox answers otherwise than the cluster of the scenarios, and why it may. A row reads
 * `STEP METHOD PATH PLACE: REAL ≠ OURS`. The sandbox is like Kubernetes 1.32; that cluster may be older.
 */
export const EXPLAINED: readonly Explanation[] = [
  {
    where: /internalTrafficPolicy|ipFamilies|ipFamilyPolicy/,
    why: 'Services have these fields since 1.20 to 1.22',
  },
  {
    where: /fieldsV1\.f:spec\.(?:f:template\.f:spec\.)?f:(?:selector|nodeSelector|externalTrafficPolicy)/,
    why: 'selectors are atomic maps, and defaults are owned otherwise, since 1.21',
  },
  { where: /managedFields\.entries\[\d+\]\.subresource/, why: 'managers of subresources are told since 1.22' },
  { where: /batch\.kubernetes\.io\/job-name/, why: 'the label has its prefix since 1.27' },
  {
    where:
      /\/jobs .*(?:completionMode|manualSelector|podReplacementPolicy|suspend|metadata\.generation|f:template\.f:metadata)/,
    why: 'Jobs have these fields since 1.21 to 1.28',
  },
  {
    where: /persistentVolumeClaimRetentionPolicy|rollingUpdate\.(?:f:)?maxSurge/,
    why: 'StatefulSets and DaemonSets have these fields since 1.22 and 1.23',
  },
  { where: /deprecated\.daemonset\.template\.generation/, why: 'the sandbox does not count generations of templates' },
  { where: /must be less than or equal to cpu limit/, why: 'the limit is told since 1.27' },
  {
    where: /body\.message: ".* in version .* cannot be handled as a/,
    why: 'the decoder has other words since 1.24, and does not show what is around',
  },
  { where: /failed to create typed patch object/, why: 'the object is told since 1.26' },
  { where: /unable to parse requirement/, why: 'all operators are told since 1.22' },
  { where: /GET \/nonsense body/, why: 'the sandbox does not list its paths' },
  { where: /body\.spec\.serviceAccount(?:Name)?: undefined/, why: 'a cluster may run without ServiceAccounts' },
  { where: /nodes are available/, why: 'the scheduler has other words since 1.24' },
];
