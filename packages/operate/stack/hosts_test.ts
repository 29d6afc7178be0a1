import { expect, test } from "bun:test";
import { browserAddresses, listeningHosts, localUrl } from "./hosts.ts";

const ports = { order: 8080, sandbox: 9090 };

test("without settings all parts listen on loopback", () => {
  expect(browserAddresses({}, ports)).toEqual({
    shop: "http://localhost:8080",
    sandbox: "http://localhost:9090",
  });
  expect(listeningHosts({}, ports)).toEqual({
    order: "127.0.0.1",
    payment: "127.0.0.1",
    sandbox: "127.0.0.1",
  });
});

test("PUBLIC_URL with an address of this machine makes shop and sandbox listen there", () => {
  const env = { PUBLIC_URL: "http://127.0.0.2:8080/" };
  expect(browserAddresses(env, ports)).toEqual({
    shop: "http://127.0.0.2:8080",
    sandbox: "http://127.0.0.2:9090",
  });
  expect(listeningHosts(env, ports)).toEqual({
    order: "127.0.0.2",
    payment: "127.0.0.1",
    sandbox: "127.0.0.2",
  });
});

test.each([
  // a proxy, which has port 80
  "http://127.0.0.2",
  "https://127.0.0.2:8080",
  "https://shop.example",
  // another machine
  "http://203.0.113.9:8080",
])("PUBLIC_URL=%s leaves all parts on loopback", (PUBLIC_URL) => {
  expect(listeningHosts({ PUBLIC_URL }, ports)).toMatchObject({
    order: "127.0.0.1",
    sandbox: "127.0.0.1",
  });
});

test("explicit settings take precedence", () => {
  const env = {
    PUBLIC_URL: "http://127.0.0.2:8080",
    TOSS_SANDBOX_URL: "http://127.0.0.3:9090",
    ORDER_HOST: "0.0.0.0",
    PAYMENT_HOST: "127.0.0.4",
  };
  expect(browserAddresses(env, ports).sandbox).toBe("http://127.0.0.3:9090");
  expect(listeningHosts(env, ports)).toEqual({
    order: "0.0.0.0",
    payment: "127.0.0.4",
    sandbox: "127.0.0.3",
  });
});

test("localUrl() reaches a part on any listening address", () => {
  expect(localUrl("0.0.0.0", 1)).toBe("http://127.0.0.1:1");
  expect(localUrl("::", 1)).toBe("http://[::1]:1");
  expect(localUrl("fd00::5", 1)).toBe("http://[fd00::5]:1");
  expect(localUrl("192.168.0.5", 1)).toBe("http://192.168.0.5:1");
});
