import { describe, expect, it } from 'vitest';
import { type HostClass, hostClass, readRefusal } from './address.ts';

const CLASSES: [url: string, expected: HostClass][] = [
  ['https://example.org/', 'public'],
  ['https://EXAMPLE.org./', 'public'],
  ['http://8.8.8.8/', 'public'],
  ['http://[2606:4700::1111]/', 'public'],
  ['http://[::ffff:8.8.8.8]/', 'public'],
  ['http://localhost/', 'loopback'],
  ['http://localhost./', 'loopback'],
  ['http://a.b.localhost:8080/', 'loopback'],
  ['http://127.0.0.1/', 'loopback'],
  ['http://127.255.0.9/', 'loopback'],
  ['http://127.1/', 'loopback'],
  ['http://2130706433/', 'loopback'],
  ['http://0177.0.0.1/', 'loopback'],
  ['http://0x7f.1/', 'loopback'],
  ['http://0x7f000001/', 'loopback'],
  ['http://１２７.0.0.1/', 'loopback'],
  ['http://127.0.0.1./', 'loopback'],
  ['http://0.0.0.0/', 'loopback'],
  ['http://0/', 'loopback'],
  ['http://[::1]/', 'loopback'],
  ['http://[::]/', 'loopback'],
  ['http://[::ffff:127.0.0.1]/', 'loopback'],
  ['http://[::ffff:7f00:1]/', 'loopback'],
  ['http://[::127.0.0.1]/', 'loopback'],
  ['http://[64:ff9b::127.0.0.1]/', 'loopback'],
  ['http://[64:ff9b::10.0.0.1]/', 'private'],
  ['http://[2002:c0a8:0101::]/', 'private'],
  ['http://[2002:0808:0808::]/', 'public'],
  ['http://10.1.2.3/', 'private'],
  ['http://172.16.0.1/', 'private'],
  ['http://172.31.255.255/', 'private'],
  ['http://172.32.0.1/', 'public'],
  ['http://192.168.1.1/', 'private'],
  ['http://100.64.0.1/', 'private'],
  ['http://100.127.255.255/', 'private'],
  ['http://100.128.0.1/', 'public'],
  ['http://[fd00::1]/', 'private'],
  ['http://[fec0::1]/', 'private'],
  ['http://printer.local/', 'private'],
  ['http://wiki.internal/', 'private'],
  ['http://router.home.arpa/', 'private'],
  ['http://router/', 'private'],
  ['http://local.example.org/', 'public'],
  ['http://notlocal/', 'private'],
  ['http://mylocal.example/', 'public'],
  ['http://169.254.169.254/', 'link-local'],
  ['http://[fe80::1]/', 'link-local'],
  ['http://[::ffff:169.254.169.254]/', 'link-local'],
  ['http://224.0.0.1/', 'special'],
  ['http://255.255.255.255/', 'special'],
  ['http://240.0.0.1/', 'special'],
  ['http://198.18.0.1/', 'special'],
  ['http://[ff02::1]/', 'special'],
  ['http://[2001:db8::1]/', 'special'],
  ['http://[2001::1]/', 'special'],
];

describe('hostClass', () => {
  it.each(CLASSES)('%s is %s', (url, expected) => {
    expect(hostClass(new URL(url).hostname)).toBe(expected);
  });

  it('takes a page without a host as public', () => {
    expect(hostClass(new URL('about:blank').hostname)).toBe('public');
    expect(hostClass(new URL('blob:https://a.example/1').hostname)).toBe('public');
  });

  it('does not trust a malformed address', () => {
    expect(hostClass('[zz::1]')).toBe('special');
  });
});

const RULES: [image: string, page: string | null, expected: ReturnType<typeof readRefusal>][] = [
  ['https://cdn.example/a.jpg', 'https://a.example/', null],
  ['https://cdn.example/a.jpg', null, null],
  ['http://cdn.example/a.jpg', 'http://127.0.0.1/', null],
  ['http://127.0.0.1/a.jpg', 'https://a.example/', 'private-address'],
  ['http://127.0.0.1/a.jpg', null, 'private-address'],
  ['http://127.0.0.1:81/a.jpg', 'http://localhost:8080/', null],
  ['http://192.168.1.9/a.jpg', 'http://10.0.0.1/', null],
  ['http://192.168.1.9/a.jpg', 'http://nas.local/', null],
  ['http://192.168.1.9/a.jpg', 'http://localhost/', 'private-address'],
  ['http://localhost/a.jpg', 'http://192.168.1.9/', 'private-address'],
  ['http://169.254.169.254/latest', 'http://192.168.1.9/', 'private-address'],
  ['http://224.0.0.1/a.jpg', 'http://224.0.0.1/', 'private-address'],
  ['http://user@cdn.example/a.jpg', 'https://a.example/', 'bad-scheme'],
  ['http://:secret@cdn.example/a.jpg', 'https://a.example/', 'bad-scheme'],
  ['file:///etc/passwd', 'file:///home/a.html', 'bad-scheme'],
  ['ftp://cdn.example/a.jpg', 'https://a.example/', 'bad-scheme'],
  ['chrome-extension://abc/a.png', 'https://a.example/', 'bad-scheme'],
  ['javascript:alert(1)', 'https://a.example/', 'bad-scheme'],
];

describe('readRefusal', () => {
  it.each(RULES)('%s on %s: %s', (image, page, expected) => {
    const pageParts = page === null ? null : new URL(page);
    expect(readRefusal(new URL(image), pageParts)).toBe(expected);
  });
});
