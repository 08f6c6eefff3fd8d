/**
 * Which addresses Telltale may ask on a page's behalf. A page can name any address in an `<img>`, and an
 * extension's request is not bound by the page's own limits, so a public page must not make Telltale knock on
 * doors of the local network. Names are judged by themselves: extensions cannot resolve them, so a public name
 * that points to a private address is left to the browser's own local-network checks.
 */
import ipaddr from 'ipaddr.js';
import type { FailureReason } from '../verdict.ts';

/** Where a host lives: `special` is never a place for pictures (multicast, broadcast, reserved ranges). */
export type HostClass = 'public' | 'loopback' | 'private' | 'link-local' | 'special';

/** The parts of a WHATWG `URL` that matter here; a `URL` object is one. */
export interface UrlParts {
  /** With its colon: `https:`. */
  protocol: string;
  /** As `URL` normalises it: lower case, IPv4 in four decimals, IPv6 in brackets. */
  hostname: string;
  username: string;
  password: string;
}

/** Names that by convention or standard only exist inside a local network (RFC 6762, 8375, 9476 and habit). */
const PRIVATE_SUFFIXES = ['local', 'internal', 'intranet', 'lan', 'home', 'corp', 'private', 'home.arpa'];

const IPV4_CLASSES: Record<string, HostClass> = {
  unicast: 'public',
  as112: 'public',
  amt: 'public',
  // 0.0.0.0 reaches the machine itself on Linux and macOS.
  unspecified: 'loopback',
  loopback: 'loopback',
  private: 'private',
  carrierGradeNat: 'private',
  linkLocal: 'link-local',
};

const IPV6_CLASSES: Record<string, HostClass> = {
  unicast: 'public',
  amt: 'public',
  as112v6: 'public',
  unspecified: 'loopback',
  loopback: 'loopback',
  uniqueLocal: 'private',
  deprecatedSiteLocal: 'private',
  linkLocal: 'link-local',
};

/** First of the two 16-bit groups that hold an IPv4 address, by the IPv6 range that carries one. */
const EMBEDDED_IPV4_GROUP: Record<string, number> = { ipv4Mapped: 6, rfc6145: 6, rfc6052: 6, '6to4': 1 };

function ipv4FromGroups(high: number, low: number): ipaddr.IPv4 {
  return new ipaddr.IPv4([high >> 8, high & 0xff, low >> 8, low & 0xff]);
}

function ipv6Class(address: ipaddr.IPv6): HostClass {
  const range = address.range();
  const groups = address.parts;
  // ::a.b.c.d, deprecated by RFC 4291 but still parsed: all zero before the last two groups.
  const compatible = range === 'unicast' && groups.slice(0, 6).every((group) => group === 0);
  const first = compatible ? 6 : EMBEDDED_IPV4_GROUP[range];
  if (first === undefined) return IPV6_CLASSES[range] ?? 'special';
  const embedded = ipv4FromGroups(groups[first] ?? 0, groups[first + 1] ?? 0);
  return IPV4_CLASSES[embedded.range()] ?? 'special';
}

function nameClass(name: string): HostClass {
  if (name === 'localhost' || name.endsWith('.localhost')) return 'loopback';
  // One label alone (`router`, `nas`) is completed by the local resolver.
  if (!name.includes('.')) return 'private';
  return PRIVATE_SUFFIXES.some((suffix) => name.endsWith(`.${suffix}`)) ? 'private' : 'public';
}

/** The class of a `URL`'s `hostname`; an empty one (`about:`, `data:`, `blob:` pages) counts as `public`. */
export function hostClass(hostname: string): HostClass {
  const host = hostname.toLowerCase().replace(/\.$/, '');
  if (host === '') return 'public';
  if (host.startsWith('[')) {
    const inner = host.slice(1, -1);
    return ipaddr.IPv6.isValid(inner) ? ipv6Class(ipaddr.IPv6.parse(inner)) : 'special';
  }
  if (ipaddr.IPv4.isValid(host)) return IPV4_CLASSES[ipaddr.IPv4.parse(host).range()] ?? 'special';
  return nameClass(host);
}

/**
 * Why `image` may not be requested for a page at `page`, or null when it may. Only http(s) without credentials
 * in the address; a loopback, private or link-local host only when the page lives in the same class; `page`
 * null (unknown) counts as public.
 */
export function readRefusal(
  image: UrlParts,
  page: UrlParts | null,
): Extract<FailureReason, 'bad-scheme' | 'private-address'> | null {
  if (image.protocol !== 'http:' && image.protocol !== 'https:') return 'bad-scheme';
  if (image.username !== '' || image.password !== '') return 'bad-scheme';
  const target = hostClass(image.hostname);
  if (target === 'public') return null;
  if (target === 'special') return 'private-address';
  return page !== null && hostClass(page.hostname) === target ? null : 'private-address';
}
