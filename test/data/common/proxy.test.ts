import { describe, expect, test } from "vitest";
import { Environment } from "../../../data/common/environment.ts";
import { proxyOf, readProxies } from "../../../data/common/proxy.ts";

const via = (variables: Record<string, string>, url: string) =>
  proxyOf(readProxies(new Environment(variables)), url)?.origin;

describe("the proxy of a connection", () => {
  test("is that of its protocol, in upper or lower case", () => {
    const upper = { HTTP_PROXY: "http://plain:1", HTTPS_PROXY: "safe:2" };
    expect(via(upper, "ws://x.test")).toBe("http://plain:1");
    expect(via(upper, "http://x.test")).toBe("http://plain:1");
    expect(via(upper, "wss://x.test")).toBe("http://safe:2");
    expect(via(upper, "https://x.test")).toBe("http://safe:2");
    expect(via({ https_proxy: "http://safe:2" }, "wss://x.test")).toBe("http://safe:2");
    expect(via({ all_proxy: "http://any:3" }, "ws://x.test")).toBe("http://any:3");
    expect(via({ HTTP_PROXY: "http://plain:1" }, "wss://x.test")).toBeUndefined();
  });

  test("is none for this machine", () => {
    for (const host of ["localhost", "127.0.0.1", "127.9.9.9", "[::1]"]) {
      expect(via({ HTTP_PROXY: "http://plain:1" }, `ws://${host}:5`)).toBeUndefined();
    }
  });

  test.each([
    ["*", true],
    ["x.test", true],
    [".x.test", true],
    ["*.x.test", true],
    ["test", true],
    ["API.X.TEST", true],
    ["y.test, api.x.test", true],
    ["api.x.test:8443", true],
    ["x.test:8443", true],
    ["api.x.test:443", false],
    ["i.x.test", false],
    ["pi.x.test", false],
    ["x.test.org", false],
    ["", false],
  ])("NO_PROXY=%s makes api.x.test:8443 direct: %s", (exceptions, direct) => {
    const variables = { HTTPS_PROXY: "http://safe:2", NO_PROXY: exceptions };
    expect(via(variables, "wss://api.x.test:8443") === undefined).toBe(direct);
    const lower = { https_proxy: "http://safe:2", no_proxy: exceptions };
    expect(via(lower, "https://api.x.test:8443") === undefined).toBe(direct);
  });

  test("the default port counts, and IPv6 addresses have ports only behind brackets", () => {
    const to = (exceptions: string, url: string) =>
      via({ HTTPS_PROXY: "http://safe:2", NO_PROXY: exceptions }, url);
    expect(to("x.test:443", "wss://x.test")).toBeUndefined();
    expect(to("2001:db8::1", "wss://[2001:db8::1]:9")).toBeUndefined();
    expect(to("[2001:db8::1]:9", "wss://[2001:db8::1]:9")).toBeUndefined();
    expect(to("[2001:db8::1]:8", "wss://[2001:db8::1]:9")).toBe("http://safe:2");
  });

  test.each(["socks5://x:1", "http://x:1/path", "http://a:secret@x:1/?q"])(
    "%s is refused, without repeating a password",
    (HTTPS_PROXY) => {
      const refused = () => readProxies(new Environment({ HTTPS_PROXY }));
      expect(refused).toThrow(/^HTTPS_PROXY must be the URL of an HTTP proxy/);
      expect(refused).not.toThrow(/secret/);
    },
  );
});
