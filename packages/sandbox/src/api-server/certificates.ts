import { createHash, generateKeyPair, type KeyObject, randomBytes, sign } from 'node:crypto';
import { isIPv4 } from 'node:net';
import { promisify } from 'node:util';
import {
  bitString,
  explicit,
  implicit,
  integer,
  objectIdentifier,
  octetString,
  sequence,
  setOf,
  time,
  truth,
  utf8String,
} from './der.ts';

/** Everything that the API server and its clients prove themselves with, in PEM. */
export interface Certificates {
  /** The authority that signed both others. */
  readonly ca: string;
  readonly serverCert: string;
  readonly serverKey: string;
  /** Of the user `kubernetes-admin` in the group `system:masters`. */
  readonly clientCert: string;
  readonly clientKey: string;
}

const YEAR_MS = 365 * 24 * 3_600_000;

/** A laptop's clock may be behind that of the moment at which the certificates were made. */
const CLOCK_LEEWAY_MS = 3_600_000;

const ECDSA_WITH_SHA256 = sequence(objectIdentifier('1.2.840.10045.4.3.2'));
const COMMON_NAME = '2.5.4.3';
const ORGANIZATION = '2.5.4.10';
const SERVER_AUTH = '1.3.6.1.5.5.7.3.1';
const CLIENT_AUTH = '1.3.6.1.5.5.7.3.2';
const VERSION_3 = integer(Buffer.of(2));

/** Of RFC 5280, 4.2.1. */
const SUBJECT_KEY_IDENTIFIER = '2.5.29.14';
const KEY_USAGE = '2.5.29.15';
const SUBJECT_ALT_NAME = '2.5.29.17';
const BASIC_CONSTRAINTS = '2.5.29.19';
const AUTHORITY_KEY_IDENTIFIER = '2.5.29.35';
const EXTENDED_KEY_USAGE = '2.5.29.37';

/** digitalSignature is the first bit of a key's usages, keyCertSign the sixth, cRLSign the seventh. */
const SIGNS_CERTIFICATES = bitString(Buffer.of(0b1000_0110), 1);
const SIGNS = bitString(Buffer.of(0b1000_0000), 7);

/** Bytes of a public key's point, with which its encoding ends: a mark and two coordinates. */
const POINT_BYTES = 65;
const SERIAL_BYTES = 16;
const PEM_LINE = /.{1,64}/g;

interface Keys {
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject;
}

interface CertificateParts {
  readonly issuer: Buffer;
  readonly subject: Buffer;
  readonly keys: Keys;
  readonly signedBy: Keys;
  readonly extensions: readonly Buffer[];
}

/**
 * Makes an authority, a certificate of the API server and one of its administrator. Node reads certificates but makes none.
 *
 * @param hosts names and IPv4 addresses under which the API server is reached
 */
export async function issueCertificates(hosts: readonly string[]): Promise<Certificates> {
  const issuer = nameOf('sandboxCA');
  const [caKeys, serverKeys, clientKeys] = await Promise.all([newKeys(), newKeys(), newKeys()]);
  const ca = certificate({
    issuer,
    subject: issuer,
    keys: caKeys,
    signedBy: caKeys,
    extensions: [
      extension(BASIC_CONSTRAINTS, sequence(truth()), 'critical'),
      extension(KEY_USAGE, SIGNS_CERTIFICATES, 'critical'),
      extension(SUBJECT_KEY_IDENTIFIER, octetString(keyIdentifier(caKeys))),
    ],
  });
  const signed = (commonName: string, keys: Keys, usage: string, names: readonly string[]) =>
    certificate({
      issuer,
      subject: nameOf(commonName, 'system:masters'),
      keys,
      signedBy: caKeys,
      extensions: [
        extension(BASIC_CONSTRAINTS, sequence(), 'critical'),
        extension(KEY_USAGE, SIGNS, 'critical'),
        extension(EXTENDED_KEY_USAGE, sequence(objectIdentifier(usage))),
        extension(AUTHORITY_KEY_IDENTIFIER, sequence(implicit(0, keyIdentifier(caKeys)))),
        ...(names.length === 0 ? [] : [extension(SUBJECT_ALT_NAME, sequence(...names.map(alternativeName)))]),
      ],
    });
  return {
    ca,
    serverCert: signed('sandbox', serverKeys, SERVER_AUTH, hosts),
    serverKey: keyPem(serverKeys),
    clientCert: signed('kubernetes-admin', clientKeys, CLIENT_AUTH, []),
    clientKey: keyPem(clientKeys),
  };
}

/** @returns PEM */
function certificate({ issuer, subject, keys, signedBy, extensions }: CertificateParts): string {
  const now = Date.now();
  const toBeSigned = sequence(
    explicit(0, VERSION_3),
    integer(newSerial()),
    ECDSA_WITH_SHA256,
    issuer,
    sequence(time(new Date(now - CLOCK_LEEWAY_MS)), time(new Date(now + 10 * YEAR_MS))),
    subject,
    encoded(keys),
    explicit(3, sequence(...extensions)),
  );
  const signature = sign('sha256', toBeSigned, signedBy.privateKey);
  const whole = sequence(toBeSigned, ECDSA_WITH_SHA256, bitString(signature)).toString('base64');
  return ['-----BEGIN CERTIFICATE-----', ...(whole.match(PEM_LINE) ?? []), '-----END CERTIFICATE-----', ''].join('\n');
}

function extension(id: string, content: Buffer, weight?: 'critical'): Buffer {
  return sequence(objectIdentifier(id), ...(weight === undefined ? [] : [truth()]), octetString(content));
}

function nameOf(commonName: string, organization?: string): Buffer {
  const part = (type: string, text: string) => setOf(sequence(objectIdentifier(type), utf8String(text)));
  return sequence(
    part(COMMON_NAME, commonName),
    ...(organization === undefined ? [] : [part(ORGANIZATION, organization)]),
  );
}

/** A `dNSName` or an `iPAddress`. */
function alternativeName(host: string): Buffer {
  return isIPv4(host) ? implicit(7, Buffer.from(host.split('.').map(Number))) : implicit(2, Buffer.from(host));
}

function keyIdentifier(keys: Keys): Buffer {
  return createHash('sha1').update(encoded(keys).subarray(-POINT_BYTES)).digest();
}

function encoded({ publicKey }: Keys): Buffer {
  return publicKey.export({ type: 'spki', format: 'der' });
}

/** Random, positive, and of no other length. */
function newSerial(): Buffer {
  const bytes = randomBytes(SERIAL_BYTES);
  return Buffer.concat([Buffer.of(0x40 | ((bytes[0] ?? 0) & 0x3f)), bytes.subarray(1)]);
}

async function newKeys(): Promise<Keys> {
  return await promisify(generateKeyPair)('ec', { namedCurve: 'P-256' });
}

function keyPem({ privateKey }: Keys): string {
  return privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
}
