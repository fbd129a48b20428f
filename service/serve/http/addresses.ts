import { BlockList, isIPv4, isIPv6 } from "node:net";

/** Removes what marks an IPv4 address that came over an IPv6 socket. */
function plain(address: string): string {
  const embedded = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  return embedded ?? address;
}

/** The first four groups of an IPv6 address, which one subscriber has to himself. */
function network64(address: string): string {
  const [head = "", tail = ""] = address.replace(/%.*$/, "").split("::");
  const groups = head === "" ? [] : head.split(":");
  const behind = tail === "" ? [] : tail.split(":");
  const zeros = Array.from({ length: Math.max(0, 8 - groups.length - behind.length) }, () => "0");
  const all = address.includes("::") ? [...groups, ...zeros, ...behind] : groups;
  const first = all.slice(0, 4).map((group) => parseInt(group, 16).toString(16));
  return `${first.join(":")}::/64`;
}

/** Says whose a connection or a request is. */
export class Addresses {
  readonly #trusted = new BlockList();

  /** @param trustedProxies Addresses and networks whose X-Forwarded-For is believed. */
  constructor(trustedProxies: readonly string[]) {
    for (const network of trustedProxies) {
      const [address = "", bits] = network.split("/");
      const family = isIPv6(address) ? "ipv6" : "ipv4";
      this.#trusted.addSubnet(address, Number(bits ?? (family === "ipv6" ? 128 : 32)), family);
    }
  }

  /** Whether an address is a trusted proxy's. */
  isTrusted(address: string): boolean {
    const bare = plain(address);
    if (isIPv4(bare)) return this.#trusted.check(bare, "ipv4");
    return isIPv6(bare) && this.#trusted.check(bare, "ipv6");
  }

  /**
   * The client of a request: the peer, or the last address before the trusted proxies that passed
   * the request on. What a client itself writes into the header comes before that one.
   *
   * @param forwarded The header X-Forwarded-For, if there is one.
   */
  clientOf(peer: string, forwarded: string | undefined): string {
    let client = peer;
    const hops = forwarded?.split(",").map((hop) => hop.trim()) ?? [];
    while (this.isTrusted(client)) {
      const hop = hops.pop();
      if (hop === undefined || (!isIPv4(hop) && !isIPv6(hop))) break;
      client = hop;
    }
    return client;
  }

  /** What is counted as one address: an IPv4 address, or a /64 network of IPv6. */
  keyOf(address: string): string {
    const bare = plain(address);
    return isIPv6(bare) ? network64(bare) : bare;
  }
}
