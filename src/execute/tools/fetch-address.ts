/** Which network addresses a name may lead to: a host that is allowed must not be a door to the machine or its network. */
import { lookup as dnsLookup, type LookupAddress } from 'node:dns';
import { BlockList, isIP, type LookupFunction } from 'node:net';
import type { HostPattern } from './fetch-hosts.ts';

/** IANA's special-purpose registries for IPv4 and IPv6, as of 2026; multicast; what carries an IPv4 address inside. */
const closedRanges: readonly [address: string, bits: number][] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3],
  ['::', 96],
  ['64:ff9b::', 96],
  ['64:ff9b:1::', 48],
  ['100::', 64],
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
  ['5f00::', 16],
  ['fc00::', 7],
  ['fe80::', 10],
  ['fec0::', 10],
  ['ff00::', 8],
];

const closed = new BlockList();
for (const [address, bits] of closedRanges) closed.addSubnet(address, bits, isIP(address) === 6 ? 'ipv6' : 'ipv4');

/** Whether an address is neither private, loopback, link-local, multicast nor otherwise special. */
export function isPublicAddress(address: string): boolean {
  const plain = address.replace(/%.*$/, '');
  const version = isIP(plain);
  if (version === 0) return false;
  // A BlockList judges an IPv4 address inside an IPv6 one (::ffff:127.0.0.1) by the IPv4 ranges.
  return !closed.check(plain, version === 6 ? 'ipv6' : 'ipv4');
}

/** As `dns.lookup` with `all`. */
export type Resolve = (host: string, done: (error: Error | null, addresses: LookupAddress[]) => void) => void;

const resolveByDns: Resolve = (host, done) => dnsLookup(host, { all: true }, done);

/** Names that stand for the machine itself by definition (RFC 6761, section 6.3). */
function isLocalName(host: string): boolean {
  return host === 'localhost' || host.endsWith('.localhost');
}

/**
 * A lookup for a connection. What it hands over is what was checked, so a name that resolves differently the next time
 * leads nowhere else. Refused when any of a name's addresses is not public, unless that address is itself an entry, or the
 * entry is `localhost`.
 */
export function guardLookup(
  host: string,
  { matched, patterns, resolve = resolveByDns }: { matched: HostPattern; patterns: readonly HostPattern[]; resolve?: Resolve },
): LookupFunction {
  const listed = new Set(patterns.map((pattern) => pattern.host));
  const mayBeLoopback = isLocalName(matched.host);
  return (_hostname, options, callback) => {
    resolve(host, (error, addresses) => {
      if (error !== null) return callback(error, '', 0);
      const refused = addresses.find(
        ({ address }) => !isPublicAddress(address) && !listed.has(address) && !(mayBeLoopback && isLoopback(address)),
      );
      const [first] = addresses;
      if (refused !== undefined || first === undefined) {
        const why =
          refused === undefined
            ? `"${host}" has no address.`
            : `"${host}" leads to ${refused.address}, which is not a public address. If it may be asked, list it under web.hosts.`;
        return callback(new Error(why), '', 0);
      }
      if (options.all === true) callback(null, addresses);
      else callback(null, first.address, first.family);
    });
  };
}

function isLoopback(address: string): boolean {
  return address === '::1' || address.startsWith('127.');
}
