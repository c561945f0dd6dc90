import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import { isIP } from 'node:net';
import * as x509 from '@peculiar/x509';

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

const KEY = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const YEAR_MS = 365 * 24 * 3_600_000;

/** A laptop's clock may be behind that of the moment at which the certificates were made. */
const CLOCK_LEEWAY_MS = 3_600_000;

/**
 * Makes an authority, a certificate of the API server and one of its administrator.
 *
 * @param hosts names and addresses under which the API server is reached
 */
export async function issueCertificates(hosts: readonly string[]): Promise<Certificates> {
  const times = { notBefore: new Date(Date.now() - CLOCK_LEEWAY_MS), notAfter: new Date(Date.now() + 10 * YEAR_MS) };
  const caKeys = await newKeys();
  const ca = await x509.X509CertificateGenerator.createSelfSigned({
    name: 'CN=sandboxCA',
    keys: caKeys,
    signingAlgorithm: KEY,
    ...times,
    extensions: [
      new x509.BasicConstraintsExtension(true, undefined, true),
      new x509.KeyUsagesExtension(
        x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.digitalSignature | x509.KeyUsageFlags.cRLSign,
        true,
      ),
      await x509.SubjectKeyIdentifierExtension.create(caKeys.publicKey),
    ],
  });
  const sign = async (subject: string, usage: x509.ExtendedKeyUsageType, names: readonly string[]) => {
    const keys = await newKeys();
    const cert = await x509.X509CertificateGenerator.create({
      subject,
      issuer: ca.subject,
      publicKey: keys.publicKey,
      signingKey: caKeys.privateKey,
      signingAlgorithm: KEY,
      ...times,
      extensions: [
        new x509.BasicConstraintsExtension(false, undefined, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
        new x509.ExtendedKeyUsageExtension([usage]),
        await x509.AuthorityKeyIdentifierExtension.create(caKeys.publicKey),
        ...(names.length === 0
          ? []
          : [
              new x509.SubjectAlternativeNameExtension(
                names.map((value) => ({ type: isIP(value) === 0 ? 'dns' : 'ip', value })),
              ),
            ]),
      ],
    });
    return { cert: cert.toString('pem'), key: await keyPem(keys.privateKey) };
  };
  const server = await sign('CN=sandbox,O=system:masters', x509.ExtendedKeyUsage.serverAuth, hosts);
  const client = await sign('CN=kubernetes-admin,O=system:masters', x509.ExtendedKeyUsage.clientAuth, []);
  return {
    ca: ca.toString('pem'),
    serverCert: server.cert,
    serverKey: server.key,
    clientCert: client.cert,
    clientKey: client.key,
  };
}

async function newKeys(): Promise<webcrypto.CryptoKeyPair> {
  return (await webcrypto.subtle.generateKey(KEY, true, ['sign', 'verify'])) as webcrypto.CryptoKeyPair;
}

async function keyPem(key: webcrypto.CryptoKey): Promise<string> {
  return x509.PemConverter.encode(await webcrypto.subtle.exportKey('pkcs8', key), 'PRIVATE KEY');
}
