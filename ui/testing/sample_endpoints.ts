import type { DeliveryDetail, EndpointRow } from "../mod.ts";
import { minutesAgo, sampleAdminOrder } from "./sample_admin.ts";

/** Three endpoints: a working one, a failing one, and one that was turned off automatically. */
export const sampleEndpoints = (): EndpointRow[] => [
  {
    endpointId: "e1",
    url: "https://shop.example/hooks/payflow",
    description: "배송 서버",
    eventTypes: ["OrderConfirmed", "OrderRefunded"],
    createdAt: minutesAgo(60 * 24 * 30),
    disabledAt: null,
    disabledReason: null,
    failingSince: null,
    lastSuccessAt: minutesAgo(2),
    formerSecretUntil: "2026-11-28T05:00:00.000Z",
  },
  {
    endpointId: "e2",
    url: "https://erp.shop.example/api/v2/integrations/payments/order-events?tenant=kr-seoul-01",
    description: "",
    eventTypes: null,
    createdAt: minutesAgo(60 * 24 * 9),
    disabledAt: null,
    disabledReason: null,
    failingSince: minutesAgo(95),
    lastSuccessAt: minutesAgo(96),
    formerSecretUntil: null,
  },
  {
    endpointId: "e3",
    url: "https://old.shop.example/hooks",
    description: "",
    eventTypes: null,
    createdAt: minutesAgo(60 * 24 * 90),
    disabledAt: minutesAgo(60 * 26),
    disabledReason: "gone",
    failingSince: minutesAgo(60 * 26),
    lastSuccessAt: null,
    formerSecretUntil: null,
  },
];

const bodyOf = (type: string, orderId: string) =>
  JSON.stringify({ type, timestamp: minutesAgo(3), data: { orderId, amount: 39_000 } });

export const sampleDeliveries = (): DeliveryDetail[] => {
  const { orderId, orderNumber } = sampleAdminOrder(1);
  const shared = {
    orderId,
    orderNumber,
    createdAt: minutesAgo(3),
    endedAt: null,
    body: bodyOf("OrderConfirmed", orderId),
  };
  const answer = { durationMs: 84, status: 200, error: null, response: '{"ok":true}' };
  return [
    {
      ...shared,
      id: "019abc7d-4001-7c3e-9a51-b5d2f0a10001",
      kind: "OrderConfirmed",
      state: "waiting",
      tries: 3,
      nextAt: "2026-11-27T05:27:00.000Z",
      lastStatus: null,
      lastError: "ECONNREFUSED",
      log: [
        {
          startedAt: minutesAgo(1),
          durationMs: 3,
          status: null,
          error: "ECONNREFUSED",
          response: null,
        },
        {
          startedAt: minutesAgo(2),
          durationMs: 15_000,
          status: null,
          error: "no response within 15 s",
          response: null,
        },
        {
          startedAt: minutesAgo(3),
          durationMs: 210,
          status: 502,
          error: null,
          response: "<html><head><title>502 Bad Gateway</title></head></html>",
        },
      ],
    },
    {
      ...shared,
      id: "019abc7d-4001-7c3e-9a51-b5d2f0a10002",
      kind: "OrderRefunded",
      state: "delivered",
      tries: 1,
      nextAt: null,
      lastStatus: 200,
      lastError: null,
      log: [{ startedAt: minutesAgo(3), ...answer }],
    },
    {
      ...shared,
      id: "019abc7d-4001-7c3e-9a51-b5d2f0a10003",
      kind: "OrderCreated",
      state: "gave_up",
      tries: 10,
      nextAt: null,
      lastStatus: 500,
      lastError: null,
      body: null,
      log: [],
    },
  ];
};
