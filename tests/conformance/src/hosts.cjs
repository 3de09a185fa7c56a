// Names of hosts that are words of our sentences, on this machine.
const dns = require('node:dns');

const { lookup } = dns;
dns.lookup = (hostname, ...rest) =>
  lookup(['endpoint', 'a', 'model'].includes(hostname) ? '127.0.0.1' : hostname, ...rest);
