// Generated from the API's document: UPDATE_DOCS=1 bun test packages/client
export interface paths {
  "/api/orders": {
    parameters: {};
    /**
     * List orders, newest first
     * @description Orders that match all parameters. A page may have fewer orders than `limit` although `nextCursor` leads to more. With `Accept: text/csv` the response is a stream of all matching orders, oldest first, without regard to `cursor` and `limit`; names in it are masked for a key of role read, and its column names are Korean with `Accept-Language: ko`.
     */
    get: operations["listOrders"];
    /**
     * Place an order
     * @description Lines have the shop's prices. With a key of role operate an order may have a name and a price set by the merchant instead, and a reference, metadata and a return address. A reference that another order has is refused, and the refusal names that order. A call that is repeated with the same Idempotency-Key and body within 15 days gets its first response again; it opens no session and shows `checkoutUrl` only to callers that may see it. A caller without a session gets one (cookie), which owns the order.
     */
    post: operations["placeOrder"];
  };
  "/api/orders/{orderId}": {
    parameters: {};
    /** Get an order */
    get: operations["getOrder"];
  };
  "/api/orders/{orderId}/history": {
    parameters: {};
    /** Get the history of an order, in both services */
    get: operations["getHistory"];
  };
  "/api/orders/{orderId}/cancel": {
    parameters: {};
    /**
     * Cancel an unpaid order
     * @description Safe to repeat: a cancelled order stays cancelled.
     */
    post: operations["cancelOrder"];
  };
  "/api/products": {
    parameters: {};
    /** List products on sale */
    get: operations["listProducts"];
  };
  "/api/customers/erase": {
    parameters: {};
    /**
     * Remove a customer's name and e-mail from their orders
     * @description For a customer who requests erasure. The orders are kept without names; those that can still be paid are cancelled first. One call handles up to a thousand orders; it is safe to repeat.
     */
    post: operations["eraseCustomer"];
  };
  "/api/payments/confirm": {
    parameters: {};
    /**
     * Confirm the payment that Toss's window returned
     * @description Safe to repeat: one paymentKey is charged once, however often it is sent. `amount` must be the order's.
     */
    post: operations["confirmPayment"];
  };
  "/api/payments/{orderId}": {
    parameters: {};
    /**
     * Get an order's payment
     * @description paymentKey, receiptUrl, virtualAccount, refundLimits, cashReceipt, failure and cancels are empty unless the caller is the order's owner, has its link, or is the merchant.
     */
    get: operations["getPayment"];
  };
  "/api/payments/{orderId}/cancel": {
    parameters: {};
    /**
     * Refund a payment
     * @description Refunds `amount`, or without it the whole balance. A payment by virtual account needs `refundAccount`; so does a deposit for a closed order, which is returned in full.
     */
    post: operations["refundPayment"];
  };
  "/api/refund-requests": {
    parameters: {};
    /** List orders whose refund request is open, oldest order first */
    get: operations["listRefundRequests"];
  };
  "/api/orders/{orderId}/refund-request": {
    parameters: {};
    /**
     * Request a refund of a paid order
     * @description For the order's shopper, a caller with the order's link, or the merchant in the shopper's name. Moves no money: an operator grants or declines it. An order has one open request at a time, and five in all. Safe to repeat.
     */
    post: operations["requestRefund"];
  };
  "/api/orders/{orderId}/refund-request/withdraw": {
    parameters: {};
    /** Withdraw the open refund request */
    post: operations["withdrawRefundRequest"];
  };
  "/api/orders/{orderId}/refund-request/grant": {
    parameters: {};
    /**
     * Grant the open refund request: refund the whole balance, or a part
     * @description Safe to repeat: a request is refunded once. Until Toss has responded, its status is granting.
     */
    post: operations["grantRefundRequest"];
  };
  "/api/orders/{orderId}/refund-request/decline": {
    parameters: {};
    /** Decline the open refund request, with a message to the shopper */
    post: operations["declineRefundRequest"];
  };
  "/webhooks/toss": {
    parameters: {};
    /**
     * Receive a webhook of Toss Payments
     * @description Its content is not trusted: it is stored, then Toss is queried. At most 64 KB. Toss resends it after any status but 200.
     */
    post: operations["receiveTossWebhook"];
  };
  "/api/keys": {
    parameters: {};
    /**
     * List keys, valid ones first
     * @description A key itself is shown once, when it is created. MERCHANT_API_KEY is not listed. A key that ends while you page is listed again.
     */
    get: operations["listKeys"];
    /**
     * Create a key
     * @description Only this response shows `key`. Any number of keys may be valid at once, so a key can be replaced without an interruption.
     */
    post: operations["createKey"];
  };
  "/api/keys/{keyId}/revoke": {
    parameters: {};
    /**
     * Revoke a key
     * @description It stops working within a second. Safe to repeat. A key can't revoke itself.
     */
    post: operations["revokeKey"];
  };
  "/api/webhook-endpoints": {
    parameters: {};
    /** List webhook endpoints */
    get: operations["listWebhookEndpoints"];
    /**
     * Add a webhook endpoint
     * @description It gets all later order events by POST, signed as in Standard Webhooks. Only this response shows `secret`. A call that is repeated with the same Idempotency-Key and body within a day gets it again, unless the endpoint was changed, rotated or removed since.
     */
    post: operations["createWebhookEndpoint"];
  };
  "/api/webhook-endpoints/{endpointId}": {
    parameters: {};
    /** Show a webhook endpoint */
    get: operations["getWebhookEndpoint"];
    /**
     * Change a webhook endpoint, turn it off or on
     * @description Omitted fields are not changed. Waiting deliveries go to the new address.
     */
    post: operations["changeWebhookEndpoint"];
  };
  "/api/webhook-endpoints/{endpointId}/rotate": {
    parameters: {};
    /**
     * Create a new secret
     * @description For `formerForHours` hours webhooks are signed with both secrets, so none fails during the change. Only this response shows `secret`.
     */
    post: operations["rotateWebhookSecret"];
  };
  "/api/webhook-endpoints/{endpointId}/remove": {
    parameters: {};
    /**
     * Remove a webhook endpoint
     * @description Waiting deliveries are not sent.
     */
    post: operations["removeWebhookEndpoint"];
  };
  "/api/webhook-endpoints/{endpointId}/deliveries": {
    parameters: {};
    /** List the deliveries to an endpoint, newest first */
    get: operations["listWebhookDeliveries"];
  };
  "/api/webhook-endpoints/{endpointId}/deliveries/{eventId}": {
    parameters: {};
    /** Show one delivery with its tries */
    get: operations["getWebhookDelivery"];
  };
  "/api/webhook-endpoints/{endpointId}/deliveries/{eventId}/resend": {
    parameters: {};
    /**
     * Send one event again
     * @description Sent at once, then retried by the whole schedule. The webhook-id is the same.
     */
    post: operations["resendWebhook"];
  };
  "/api/webhook-endpoints/{endpointId}/resend": {
    parameters: {};
    /**
     * Send all events since a time again
     * @description Includes events from while the endpoint was off. About 5,000 a call: continue with `nextSince` until it is null.
     */
    post: operations["resendWebhooks"];
  };
  "/metrics": {
    parameters: {};
    /** Metrics for Prometheus */
    get: operations["getMetrics"];
  };
  "/healthz": {
    parameters: {};
    /** Is the process alive? */
    get: operations["getHealth"];
  };
  "/readyz": {
    parameters: {};
    /** Can orders be taken? */
    get: operations["getReadiness"];
  };
}
export interface webhooks {
  orderEvent: {
    parameters: {};
    /**
     * An order has changed
     * @description Signed as in Standard Webhooks (https://www.standardwebhooks.com). Sent at least once: remember webhook-id. Events of one order are sent in order. Types and fields may be added.
     */
    post: operations["orderEvent"];
  };
}
export interface components {
  schemas: {
    ApiKey: {
      /** Format: uuid */
      keyId: string;
      /**
       * @description The actor in histories is key:NAME
       * @example kim
       */
      name: string;
      /** @enum {string} */
      role: "metrics" | "read" | "operate" | "admin";
      /** Format: date-time */
      createdAt: string;
      createdBy: string;
      /** @description To the minute */
      lastUsedAt: string | null;
      expiresAt: string | null;
      revokedAt: string | null;
    };
    ApiKeyList: {
      keys: components["schemas"]["ApiKey"][];
      /** @description `cursor` of the next page; null on the last one */
      nextCursor: string | null;
    };
    CartOrder: {
      items: {
        /** @example dev-tool */
        productId: string;
        quantity: number;
      }[];
      /** @example 김토스 */
      customerName: string;
      /**
       * Format: email
       * @example kim@example.com
       */
      customerEmail: string;
      /**
       * @description The order's id in your own system; unique
       * @example 2026-11-27/0042
       */
      merchantReference?: string;
      /**
       * @description Returned with the order and in OrderCreated; up to 20 single-line texts. No personal data: events are not erased
       * @example {
       *       "cart": "7f3a"
       *     }
       */
      metadata?: {
        [key: string]: string;
      };
      /**
       * @description The shopper is redirected here when the order is paid, waits for a deposit or has ended, with `orderId`, `orderNumber` and `status` added to the query; its origin must be one of RETURN_ORIGINS
       * @example https://shop.example/thanks?cart=7f3a
       */
      returnUrl?: string;
    };
    Confirm: {
      /** @example tgen_20261122101112abcd1 */
      paymentKey: string;
      /** @example 019ab2c4-7d10-7c3e-9f52-6a1b0c8d4e2f */
      orderId: string;
      /** @example 1000 */
      amount: number;
    };
    DeclineRefund: {
      /** @description Shown to the shopper on the order's page and by mail */
      answer: string;
    };
    Erase: {
      /**
       * Format: email
       * @example kim@example.com
       */
      email: string;
      /**
       * @description Also orders that must be kept for five years by law
       * @default false
       */
      includePaid?: boolean;
      /** @description `nextCursor` of the previous response */
      cursor?: string;
    };
    Erasure: {
      /** @description Orders that were erased */
      erased: string[];
      /** @description Paid orders, kept by law; erased automatically at `until` */
      kept: {
        orderId: string;
        /** Format: date-time */
        until: string;
      }[];
      /** @description `cursor` of the next call; null after all of the customer's orders */
      nextCursor: string | null;
    };
    GrantRefund: {
      /** @description The whole balance by default */
      amount?: number;
      /** @description Shown to the shopper on the order's page and by mail */
      answer?: string;
      refundAccount?: components["schemas"]["RefundAccount"];
    };
    Health: {
      /** @constant */
      status: "ok";
    };
    History: {
      /** @example 019ab2c4-7d10-7c3e-9f52-6a1b0c8d4e2f */
      orderId: string;
      history: {
        /** Format: date-time */
        at: string;
        /** @enum {string} */
        part: "order" | "payment";
        version: number;
        /** @description Of the order or of the payment, as `part` says */
        status: string;
        /** @description The use case that decided it */
        cause: string;
        /** @description The provider's code, the paymentKey */
        detail: unknown;
        /** @description shopper, key:NAME, cli:NAME, system or toss */
        actor: string;
        /** @description As the actor gave it */
        reason: string | null;
        events: {
          /** Format: uuid */
          eventId: string;
          eventType: string;
          isPublished: boolean;
        }[];
      }[];
    };
    MadeApiKey: {
      /** @description Shown only here; send it as `Authorization: Bearer …` */
      key: string;
      /** Format: uuid */
      keyId: string;
      /**
       * @description The actor in histories is key:NAME
       * @example kim
       */
      name: string;
      /** @enum {string} */
      role: "metrics" | "read" | "operate" | "admin";
      /** Format: date-time */
      createdAt: string;
      createdBy: string;
      /** @description To the minute */
      lastUsedAt: string | null;
      expiresAt: string | null;
      revokedAt: string | null;
    };
    MadeWebhookEndpoint: {
      /**
       * @description Shown only here; verify signatures with it (Standard Webhooks)
       * @example whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw
       */
      secret: string;
      /** Format: uuid */
      endpointId: string;
      /** @example https://shop.example/hooks */
      url: string;
      description: string;
      eventTypes:
        | ("OrderCreated" | "OrderConfirmed" | "OrderCanceled" | "OrderExpired" | "OrderRefunded")[]
        | null;
      /** Format: date-time */
      createdAt: string;
      /** @description The endpoint gets nothing from then on */
      disabledAt: string | null;
      /** @description `gone`: it answered 410; `failing`: no success for five days */
      disabledReason: ("operator" | "gone" | "failing") | null;
      /** @description The first failure since the last success */
      failingSince: string | null;
      /** @description To the minute */
      lastSuccessAt: string | null;
      /** @description Until then the previous secret signs as well */
      formerSecretUntil: string | null;
    };
    Metrics: string;
    NewApiKey: {
      /** @example kim */
      name: string;
      /** @enum {string} */
      role: "metrics" | "read" | "operate" | "admin";
      /**
       * Format: date-time
       * @description Never by default
       */
      expiresAt?: string;
    };
    NewWebhookEndpoint: {
      /**
       * @description https, public, without a login; redirects are not followed
       * @example https://shop.example/hooks
       */
      url: string;
      /**
       * @description Null: all, including types that are added later
       * @default null
       */
      eventTypes?:
        | ("OrderCreated" | "OrderConfirmed" | "OrderCanceled" | "OrderExpired" | "OrderRefunded")[]
        | null;
      /** @default  */
      description?: string | "";
    };
    Order: {
      /** @example 019ab2c4-7d10-7c3e-9f52-6a1b0c8d4e2f */
      orderId: string;
      /**
       * @description A short, unique number for people: the order's day in Korea, then four characters or more
       * @example 1127-K7P3
       */
      orderNumber: string;
      /** @example 프리미엄 개발자 도구 */
      orderName: string;
      /** @example 1000 */
      amount: number;
      /** @description The part of the amount without VAT (면세) */
      taxFreeAmount: number;
      /** @constant */
      currency: "KRW";
      /** @enum {string} */
      status:
        | "PENDING"
        | "AWAITING_DEPOSIT"
        | "CONFIRMED"
        | "PARTIALLY_REFUNDED"
        | "REFUNDED"
        | "CANCELED"
        | "EXPIRED";
      /** @description Empty for an order whose price the merchant set */
      items: {
        productId: string;
        name: string;
        unitPrice: number;
        taxFreeAmount?: number;
        quantity: number;
      }[];
      /** @description As it was given; null unless the caller is the order's owner, has its link, or is the merchant */
      merchantReference: string | null;
      /** @description As it was given; empty without a key of role read, and after the customer was erased */
      metadata: {
        [key: string]: string;
      };
      /** @description Null when `merchantReference` is hidden; erased with `metadata` */
      returnUrl: string | null;
      /** @description Masked (김*스) unless the caller is the order's owner, has its link, or is the merchant; null after erasure */
      customerName: string | null;
      /** @description Masked (k***@***) and erased like the name */
      customerEmail: string | null;
      refundedAmount: number;
      /** Format: date-time */
      createdAt: string;
      confirmedAt: string | null;
      /**
       * Format: date-time
       * @description An order that is not paid by then becomes EXPIRED
       */
      expiresAt: string;
      /** @description The shopper's newest request; null unless the caller is the order's owner, has its link, or is the merchant */
      refundRequest: components["schemas"]["RefundRequest"] | null;
      /**
       * Format: uri
       * @description Opens this order's page in any browser, to view and to pay, until 30 days after `expiresAt`; only for its owner, callers with this link, and the merchant
       */
      checkoutUrl?: string;
    };
    OrderList: {
      orders: components["schemas"]["Order"][];
      /** @description `cursor` of the next page; null on the last one */
      nextCursor: string | null;
    };
    OrderWebhook:
      | {
          /** @constant */
          type: "OrderCreated";
          /** Format: date-time */
          timestamp: string;
          data: {
            orderId: string;
            orderName: string;
            amount: number;
            /** @default 0 */
            taxFreeAmount?: number;
            /** @constant */
            currency: "KRW";
            /** Format: date-time */
            expiresAt: string;
            orderNumber?: string;
            merchantReference?: string | null;
            items: {
              productId: string;
              name: string;
              unitPrice: number;
              taxFreeAmount?: number;
              quantity: number;
            }[];
            metadata?: {
              [key: string]: string;
            };
          };
        }
      | {
          /** @constant */
          type: "OrderConfirmed";
          /** Format: date-time */
          timestamp: string;
          data: {
            orderId: string;
            orderNumber?: string;
            merchantReference?: string | null;
            amount: number;
            refundedAmount: number;
            /** @constant */
            currency: "KRW";
          };
        }
      | {
          /** @constant */
          type: "OrderCanceled";
          /** Format: date-time */
          timestamp: string;
          data: {
            orderId: string;
            orderNumber?: string;
            merchantReference?: string | null;
            amount: number;
            refundedAmount: number;
            /** @constant */
            currency: "KRW";
          };
        }
      | {
          /** @constant */
          type: "OrderExpired";
          /** Format: date-time */
          timestamp: string;
          data: {
            orderId: string;
            orderNumber?: string;
            merchantReference?: string | null;
            amount: number;
            refundedAmount: number;
            /** @constant */
            currency: "KRW";
          };
        }
      | {
          /** @constant */
          type: "OrderRefunded";
          /** Format: date-time */
          timestamp: string;
          data: {
            orderId: string;
            orderNumber?: string;
            merchantReference?: string | null;
            amount: number;
            refundedAmount: number;
            /** @constant */
            currency: "KRW";
          };
        };
    Payment: {
      /** @example 019ab2c4-7d10-7c3e-9f52-6a1b0c8d4e2f */
      orderId: string;
      /** @example 프리미엄 개발자 도구 */
      orderName: string;
      /** @example 1000 */
      amount: number;
      /** @description The part of the amount without VAT, from the order */
      taxFreeAmount: number;
      /** @description The sum that Toss holds: the amount less refunds, 0 until paid */
      balanceAmount: number;
      /** @description The part of the balance without VAT, by Toss's books */
      taxFreeBalance: number;
      /** @constant */
      currency: "KRW";
      /** @enum {string} */
      status:
        | "READY"
        | "IN_PROGRESS"
        | "WAITING_FOR_DEPOSIT"
        | "DONE"
        | "PARTIAL_CANCELED"
        | "CANCELED"
        | "EXPIRED";
      method: string | null;
      approvedAt: string | null;
      paymentKey: string | null;
      receiptUrl: string | null;
      virtualAccount: {
        bankCode: string;
        accountNumber: string;
        /** Format: date-time */
        dueAt: string;
      } | null;
      /** @description Toss's limits for refunds: only the whole balance (`wholeOnly`), and none from `until` on */
      refundLimits: {
        wholeOnly: boolean;
        until: string | null;
      } | null;
      /** @description 현금영수증 of a payment by account; Toss issues it, and cancels it with refunds */
      cashReceipt: {
        type: string;
        /** @enum {string} */
        status: "IN_PROGRESS" | "COMPLETED" | "FAILED" | "CANCELED";
        url: string | null;
      } | null;
      /** @description Toss holds the money until the goods have arrived */
      isEscrow: boolean;
      failure: {
        code: string;
        message: string;
      } | null;
      cancels: {
        transactionKey: string;
        amount: number;
        /** @default 0 */
        taxFreeAmount?: number;
        reason: string;
        /** Format: date-time */
        canceledAt: string;
      }[];
    };
    PricedOrder: {
      /** @example 개발자 도구 1년 */
      orderName: string;
      /** @example 1000 */
      amount: number;
      /** @description The part of the amount without VAT (면세) */
      taxFreeAmount?: number;
      /** @example 김토스 */
      customerName: string;
      /**
       * Format: email
       * @example kim@example.com
       */
      customerEmail: string;
      /**
       * @description The order's id in your own system; unique
       * @example 2026-11-27/0042
       */
      merchantReference?: string;
      /**
       * @description Returned with the order and in OrderCreated; up to 20 single-line texts. No personal data: events are not erased
       * @example {
       *       "cart": "7f3a"
       *     }
       */
      metadata?: {
        [key: string]: string;
      };
      /**
       * @description The shopper is redirected here when the order is paid, waits for a deposit or has ended, with `orderId`, `orderNumber` and `status` added to the query; its origin must be one of RETURN_ORIGINS
       * @example https://shop.example/thanks?cart=7f3a
       */
      returnUrl?: string;
    };
    Problem: {
      /**
       * Format: uri
       * @description Explains the code
       */
      type: string;
      title: string;
      status: number;
      detail: string;
      /** @description Stable; decide by this */
      code: string;
      requestId: string;
      /** @description One entry for each invalid field */
      errors?: {
        path: string;
        message: string;
      }[];
    };
    ProductList: {
      products: {
        productId: string;
        name: string;
        unitPrice: number;
        /** @description The part of the price without VAT; absent: none */
        taxFreeAmount?: number;
        /** @constant */
        currency: "KRW";
      }[];
    };
    Readiness: {
      /** @enum {string} */
      status: "ready" | "degraded" | "down" | "stopping";
      parts: {
        /** @enum {string} */
        database: "ready" | "down";
        /** @enum {string} */
        payment: "ready" | "down";
        /** @enum {string} */
        kafka: "ready" | "down";
      };
    };
    Refund: {
      /** @example 단순 변심 */
      reason: string;
      amount?: number;
      /** @description The part of the amount without VAT, by the returned goods; by default in proportion to the balance */
      taxFreeAmount?: number;
      refundAccount?: components["schemas"]["RefundAccount"];
    };
    RefundAccount: {
      bank: string;
      accountNumber: string;
      holderName: string;
    };
    RefundRequest: {
      /** Format: uuid */
      requestId: string;
      /**
       * @description requested: waits for the shop. granting: its refund is under way. The others are final
       * @enum {string}
       */
      status: "requested" | "granting" | "granted" | "declined" | "withdrawn";
      /** @enum {string} */
      kind: "changed_mind" | "wrong_order" | "late_delivery" | "defective" | "other";
      /** @description Written by the shopper; may be empty, and is erased with the name */
      text: string;
      /** Format: date-time */
      requestedAt: string;
      /** @description The shop's message to the shopper */
      answer: string | null;
      decidedAt: string | null;
    };
    Removed: {
      /** @constant */
      removed: true;
    };
    RequestRefund: {
      /** @enum {string} */
      kind: "changed_mind" | "wrong_order" | "late_delivery" | "defective" | "other";
      text?: string;
    };
    WebhookDelivery: {
      /**
       * Format: uuid
       * @description The header webhook-id
       */
      eventId: string;
      /** @enum {string} */
      eventType:
        "OrderCreated" | "OrderConfirmed" | "OrderCanceled" | "OrderExpired" | "OrderRefunded";
      orderId: string;
      /**
       * Format: date-time
       * @description Of the event
       */
      createdAt: string;
      /** @enum {string} */
      state: "waiting" | "delivered" | "gave_up";
      tries: number;
      /** @description When the next try is due */
      nextAt: string | null;
      endedAt: string | null;
      /** @description Of the last try; null without a response */
      lastStatus: number | null;
      lastError: string | null;
    };
    WebhookDeliveryDetail: {
      /**
       * Format: uuid
       * @description The header webhook-id
       */
      eventId: string;
      /** @enum {string} */
      eventType:
        "OrderCreated" | "OrderConfirmed" | "OrderCanceled" | "OrderExpired" | "OrderRefunded";
      orderId: string;
      /**
       * Format: date-time
       * @description Of the event
       */
      createdAt: string;
      /** @enum {string} */
      state: "waiting" | "delivered" | "gave_up";
      tries: number;
      /** @description When the next try is due */
      nextAt: string | null;
      endedAt: string | null;
      /** @description Of the last try; null without a response */
      lastStatus: number | null;
      lastError: string | null;
      /** @description The body to send; null after the event was deleted */
      body: string | null;
      /** @description Its tries, newest first, of the last thirty days */
      log: {
        /** Format: date-time */
        startedAt: string;
        durationMs: number;
        status: number | null;
        error: string | null;
        /** @description The first 2 KB */
        response: string | null;
      }[];
    };
    WebhookDeliveryList: {
      deliveries: components["schemas"]["WebhookDelivery"][];
      /** @description `cursor` of the next page; null on the last one */
      nextCursor: string | null;
    };
    WebhookEndpoint: {
      /** Format: uuid */
      endpointId: string;
      /** @example https://shop.example/hooks */
      url: string;
      description: string;
      eventTypes:
        | ("OrderCreated" | "OrderConfirmed" | "OrderCanceled" | "OrderExpired" | "OrderRefunded")[]
        | null;
      /** Format: date-time */
      createdAt: string;
      /** @description The endpoint gets nothing from then on */
      disabledAt: string | null;
      /** @description `gone`: it answered 410; `failing`: no success for five days */
      disabledReason: ("operator" | "gone" | "failing") | null;
      /** @description The first failure since the last success */
      failingSince: string | null;
      /** @description To the minute */
      lastSuccessAt: string | null;
      /** @description Until then the previous secret signs as well */
      formerSecretUntil: string | null;
    };
    WebhookEndpointChange: {
      /** @example https://shop.example/hooks */
      url?: string;
      /** @description Null: all, including types that are added later */
      eventTypes?:
        | ("OrderCreated" | "OrderConfirmed" | "OrderCanceled" | "OrderExpired" | "OrderRefunded")[]
        | null;
      description?: string | "";
      /** @description When turned on, it gets waiting deliveries; `resend` sends the events since it was turned off */
      isEnabled?: boolean;
    };
    WebhookEndpointList: {
      endpoints: components["schemas"]["WebhookEndpoint"][];
    };
    WebhookReceipt: {
      /** @constant */
      received: true;
    };
    WebhookResend: {
      /**
       * Format: date-time
       * @description Of the events; they are kept for thirty days
       */
      since: string;
      /**
       * @description Skips delivered events
       * @default false
       */
      undeliveredOnly?: boolean;
    };
    WebhookResent: {
      /** @description The number of events to resend */
      resent: number;
      /** @description `since` of the next call; null after the last event */
      nextSince: string | null;
    };
    WebhookRotation: {
      /**
       * @description How long the previous secret signs as well
       * @default 24
       */
      formerForHours?: number;
    };
  };
  responses: never;
  parameters: never;
  requestBodies: never;
  headers: {
    /** @description Address of the order */
    Location: string;
    /** @description Present, and true, when the Idempotency-Key was used before */
    "Idempotent-Replayed": "true";
    /** @description Seconds until a retry is allowed */
    "Retry-After": number;
    /** @description The caller's X-Request-Id if it is valid, else a new one */
    "X-Request-Id": string;
    /** @description Bearer */
    "WWW-Authenticate": string;
  };
  pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
  listOrders: {
    parameters: {
      query?: {
        status?:
          | "PENDING"
          | "AWAITING_DEPOSIT"
          | "CONFIRMED"
          | "PARTIALLY_REFUNDED"
          | "REFUNDED"
          | "CANCELED"
          | "EXPIRED";
        method?: string;
        email?: string;
        merchantReference?: string;
        orderNumber?: string;
        from?: string;
        to?: string;
        cursor?: string;
        limit?: number;
      };
    };
    responses: {
      /** @description A page */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["OrderList"];
          "text/csv": string;
        };
      };
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/problem+json": {
            /** @enum {string} */
            code?:
              | "database_unavailable"
              | "internal_error"
              | "invalid_request"
              | "malformed_host"
              | "merchant_key_required"
              | "misdirected_request"
              | "rate_limited"
              | "role_too_weak";
          } & components["schemas"]["Problem"];
        };
      };
    };
  };
  placeOrder: {
    parameters: {
      header?: {
        /**
         * @description Makes the call safe to repeat. The key may be in quotes (draft-ietf-httpapi-idempotency-key-header), with the same meaning. Keys of the merchant, of each session and of callers without a session are separate. Those of refunds never expire.
         * @example cart-7f3a
         */
        "Idempotency-Key"?: string;
      };
    };
    requestBody: {
      content: {
        "application/json":
          components["schemas"]["CartOrder"] | components["schemas"]["PricedOrder"];
      };
    };
    responses: {
      /** @description The order */
      201: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Order"];
        };
      };
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/problem+json": {
            /** @enum {string} */
            code?:
              | "body_too_large"
              | "cross_site_request"
              | "database_unavailable"
              | "idempotency_key_reused"
              | "internal_error"
              | "invalid_request"
              | "malformed_host"
              | "malformed_json"
              | "merchant_key_required"
              | "merchant_reference_taken"
              | "misdirected_request"
              | "overloaded"
              | "rate_limited"
              | "role_too_weak"
              | "unknown_product"
              | "unsupported_media_type";
          } & components["schemas"]["Problem"];
        };
      };
    };
  };
  getOrder: {
    parameters: {
      path: {
        orderId: string;
      };
    };
    responses: {
      /** @description The order */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Order"];
        };
      };
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/problem+json": {
            /** @enum {string} */
            code?:
              | "database_unavailable"
              | "internal_error"
              | "invalid_request"
              | "malformed_host"
              | "merchant_key_required"
              | "misdirected_request"
              | "order_not_found"
              | "rate_limited";
          } & components["schemas"]["Problem"];
        };
      };
    };
  };
  getHistory: {
    parameters: {
      path: {
        orderId: string;
      };
    };
    responses: {
      /** @description Oldest first */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["History"];
        };
      };
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/problem+json": {
            /** @enum {string} */
            code?:
              | "database_unavailable"
              | "internal_error"
              | "invalid_request"
              | "malformed_host"
              | "merchant_key_required"
              | "misdirected_request"
              | "order_not_found"
              | "payment_unavailable"
              | "rate_limited"
              | "role_too_weak";
          } & components["schemas"]["Problem"];
        };
      };
    };
  };
  cancelOrder: {
    parameters: {
      path: {
        orderId: string;
      };
    };
    responses: {
      /** @description The order */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Order"];
        };
      };
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/problem+json": {
            /** @enum {string} */
            code?:
              | "cross_site_request"
              | "database_unavailable"
              | "internal_error"
              | "invalid_request"
              | "malformed_host"
              | "merchant_key_required"
              | "misdirected_request"
              | "order_busy"
              | "order_not_cancelable"
              | "order_not_found"
              | "overloaded"
              | "payment_busy"
              | "payment_recovering"
              | "payment_unavailable"
              | "payment_unrecoverable"
              | "rate_limited"
              | "role_too_weak";
          } & components["schemas"]["Problem"];
        };
      };
    };
  };
  listProducts: {
    parameters: {};
    responses: {
      /** @description Products */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["ProductList"];
        };
      };
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/problem+json": {
            /** @enum {string} */
            code?:
              | "database_unavailable"
              | "internal_error"
              | "invalid_request"
              | "malformed_host"
              | "merchant_key_required"
              | "misdirected_request"
              | "rate_limited";
          } & components["schemas"]["Problem"];
        };
      };
    };
  };
  eraseCustomer: {
    parameters: {};
    requestBody: {
      content: {
        "application/json": components["schemas"]["Erase"];
      };
    };
    responses: {
      /** @description The erased and the kept orders */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Erasure"];
        };
      };
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/problem+json": {
            /** @enum {string} */
            code?:
              | "body_too_large"
              | "cross_site_request"
              | "database_unavailable"
              | "internal_error"
              | "invalid_request"
              | "malformed_host"
              | "malformed_json"
              | "merchant_key_required"
              | "misdirected_request"
              | "order_busy"
              | "order_not_cancelable"
              | "overloaded"
              | "payment_busy"
              | "payment_recovering"
              | "payment_unavailable"
              | "payment_unrecoverable"
              | "rate_limited"
              | "role_too_weak"
              | "unsupported_media_type";
          } & components["schemas"]["Problem"];
        };
      };
    };
  };
  confirmPayment: {
    parameters: {};
    requestBody: {
      content: {
        "application/json": components["schemas"]["Confirm"];
      };
    };
    responses: {
      /** @description Paid (DONE), or waiting for a deposit */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Payment"];
        };
      };
      /** @description Toss has not responded yet (IN_PROGRESS); the confirm continues. Read the payment again, do not pay again */
      202: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Payment"];
        };
      };
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/problem+json": {
            /** @enum {string} */
            code?:
              | "amount_mismatch"
              | "body_too_large"
              | "cross_site_request"
              | "database_unavailable"
              | "internal_error"
              | "invalid_request"
              | "malformed_host"
              | "malformed_json"
              | "merchant_key_required"
              | "misdirected_request"
              | "order_already_paid"
              | "order_busy"
              | "order_mismatch"
              | "order_not_found"
              | "order_not_payable"
              | "overloaded"
              | "payment_busy"
              | "payment_declined"
              | "payment_in_progress"
              | "payment_recovering"
              | "payment_session_expired"
              | "payment_unavailable"
              | "payment_unrecoverable"
              | "rate_limited"
              | "role_too_weak"
              | "too_many_attempts"
              | "unsupported_media_type";
          } & components["schemas"]["Problem"];
        };
      };
    };
  };
  getPayment: {
    parameters: {
      path: {
        orderId: string;
      };
    };
    responses: {
      /** @description The payment */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Payment"];
        };
      };
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/problem+json": {
            /** @enum {string} */
            code?:
              | "database_unavailable"
              | "internal_error"
              | "invalid_request"
              | "malformed_host"
              | "merchant_key_required"
              | "misdirected_request"
              | "payment_not_found"
              | "payment_unavailable"
              | "rate_limited";
          } & components["schemas"]["Problem"];
        };
      };
    };
  };
  refundPayment: {
    parameters: {
      header: {
        /**
         * @description Makes the call safe to repeat. The key may be in quotes (draft-ietf-httpapi-idempotency-key-header), with the same meaning. Keys of the merchant, of each session and of callers without a session are separate. Those of refunds never expire.
         * @example return-7f3a-1
         */
        "Idempotency-Key": string;
      };
      path: {
        orderId: string;
      };
    };
    requestBody: {
      content: {
        "application/json": components["schemas"]["Refund"];
      };
    };
    responses: {
      /** @description Refunded */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Payment"];
        };
      };
      /** @description Toss has not responded yet; the refund continues. Repeat the call with the same key to see its state */
      202: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Payment"];
        };
      };
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/problem+json": {
            /** @enum {string} */
            code?:
              | "amount_exceeds_balance"
              | "amount_mismatch"
              | "body_too_large"
              | "cross_site_request"
              | "database_unavailable"
              | "idempotency_key_required"
              | "idempotency_key_reused"
              | "internal_error"
              | "invalid_request"
              | "malformed_host"
              | "malformed_json"
              | "merchant_key_required"
              | "misdirected_request"
              | "order_busy"
              | "order_not_found"
              | "overloaded"
              | "payment_busy"
              | "payment_not_found"
              | "payment_not_refundable"
              | "payment_recovering"
              | "payment_unavailable"
              | "payment_unrecoverable"
              | "rate_limited"
              | "refund_account_required"
              | "refund_in_progress"
              | "refund_period_over"
              | "refund_whole_only"
              | "role_too_weak"
              | "tax_free_out_of_range"
              | "unsupported_media_type";
          } & components["schemas"]["Problem"];
        };
      };
    };
  };
  listRefundRequests: {
    parameters: {
      query?: {
        cursor?: string;
      };
    };
    responses: {
      /** @description A page of up to 100 */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["OrderList"];
        };
      };
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/problem+json": {
            /** @enum {string} */
            code?:
              | "database_unavailable"
              | "internal_error"
              | "invalid_request"
              | "malformed_host"
              | "merchant_key_required"
              | "misdirected_request"
              | "rate_limited"
              | "role_too_weak";
          } & components["schemas"]["Problem"];
        };
      };
    };
  };
  requestRefund: {
    parameters: {
      path: {
        orderId: string;
      };
    };
    requestBody: {
      content: {
        "application/json": components["schemas"]["RequestRefund"];
      };
    };
    responses: {
      /** @description The order */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Order"];
        };
      };
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/problem+json": {
            /** @enum {string} */
            code?:
              | "body_too_large"
              | "cross_site_request"
              | "database_unavailable"
              | "internal_error"
              | "invalid_request"
              | "malformed_host"
              | "malformed_json"
              | "merchant_key_required"
              | "misdirected_request"
              | "order_busy"
              | "order_not_found"
              | "rate_limited"
              | "refund_not_requestable"
              | "refund_request_open"
              | "role_too_weak"
              | "unsupported_media_type";
          } & components["schemas"]["Problem"];
        };
      };
    };
  };
  withdrawRefundRequest: {
    parameters: {
      path: {
        orderId: string;
      };
    };
    responses: {
      /** @description The order */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Order"];
        };
      };
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/problem+json": {
            /** @enum {string} */
            code?:
              | "cross_site_request"
              | "database_unavailable"
              | "internal_error"
              | "invalid_request"
              | "malformed_host"
              | "merchant_key_required"
              | "misdirected_request"
              | "order_busy"
              | "order_not_found"
              | "rate_limited"
              | "refund_request_granting"
              | "refund_request_not_open"
              | "role_too_weak";
          } & components["schemas"]["Problem"];
        };
      };
    };
  };
  grantRefundRequest: {
    parameters: {
      path: {
        orderId: string;
      };
    };
    requestBody: {
      content: {
        "application/json": components["schemas"]["GrantRefund"];
      };
    };
    responses: {
      /** @description The order */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Order"];
        };
      };
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/problem+json": {
            /** @enum {string} */
            code?:
              | "amount_exceeds_balance"
              | "body_too_large"
              | "cross_site_request"
              | "database_unavailable"
              | "internal_error"
              | "invalid_request"
              | "malformed_host"
              | "malformed_json"
              | "merchant_key_required"
              | "misdirected_request"
              | "order_busy"
              | "order_not_found"
              | "overloaded"
              | "payment_busy"
              | "payment_not_refundable"
              | "payment_recovering"
              | "payment_unavailable"
              | "payment_unrecoverable"
              | "rate_limited"
              | "refund_account_required"
              | "refund_in_progress"
              | "refund_period_over"
              | "refund_request_granting"
              | "refund_request_not_open"
              | "refund_whole_only"
              | "role_too_weak"
              | "unsupported_media_type";
          } & components["schemas"]["Problem"];
        };
      };
    };
  };
  declineRefundRequest: {
    parameters: {
      path: {
        orderId: string;
      };
    };
    requestBody: {
      content: {
        "application/json": components["schemas"]["DeclineRefund"];
      };
    };
    responses: {
      /** @description The order */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Order"];
        };
      };
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/problem+json": {
            /** @enum {string} */
            code?:
              | "body_too_large"
              | "cross_site_request"
              | "database_unavailable"
              | "internal_error"
              | "invalid_request"
              | "malformed_host"
              | "malformed_json"
              | "merchant_key_required"
              | "misdirected_request"
              | "order_busy"
              | "order_not_found"
              | "rate_limited"
              | "refund_request_granting"
              | "refund_request_not_open"
              | "role_too_weak"
              | "unsupported_media_type";
          } & components["schemas"]["Problem"];
        };
      };
    };
  };
  receiveTossWebhook: {
    parameters: {};
    requestBody: {
      content: {
        "application/json": Record<string, never>;
      };
    };
    responses: {
      /** @description Stored, or about no payment of this shop */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["WebhookReceipt"];
        };
      };
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/problem+json": {
            /** @enum {string} */
            code?:
              | "body_too_large"
              | "internal_error"
              | "invalid_request"
              | "malformed_json"
              | "malformed_webhook"
              | "payment_unavailable"
              | "rate_limited"
              | "too_many_webhooks";
          } & components["schemas"]["Problem"];
        };
      };
    };
  };
  listKeys: {
    parameters: {
      query?: {
        cursor?: string;
      };
    };
    responses: {
      /** @description A page */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["ApiKeyList"];
        };
      };
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/problem+json": {
            /** @enum {string} */
            code?:
              | "database_unavailable"
              | "internal_error"
              | "invalid_request"
              | "malformed_host"
              | "merchant_key_required"
              | "misdirected_request"
              | "rate_limited"
              | "role_too_weak";
          } & components["schemas"]["Problem"];
        };
      };
    };
  };
  createKey: {
    parameters: {};
    requestBody: {
      content: {
        "application/json": components["schemas"]["NewApiKey"];
      };
    };
    responses: {
      /** @description The key */
      201: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["MadeApiKey"];
        };
      };
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/problem+json": {
            /** @enum {string} */
            code?:
              | "body_too_large"
              | "cross_site_request"
              | "database_unavailable"
              | "internal_error"
              | "invalid_request"
              | "key_name_taken"
              | "malformed_host"
              | "malformed_json"
              | "merchant_key_required"
              | "misdirected_request"
              | "rate_limited"
              | "role_too_weak"
              | "unsupported_media_type";
          } & components["schemas"]["Problem"];
        };
      };
    };
  };
  revokeKey: {
    parameters: {
      path: {
        keyId: string;
      };
    };
    responses: {
      /** @description The key */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["ApiKey"];
        };
      };
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/problem+json": {
            /** @enum {string} */
            code?:
              | "cross_site_request"
              | "database_unavailable"
              | "internal_error"
              | "invalid_request"
              | "key_not_found"
              | "key_not_revocable"
              | "malformed_host"
              | "merchant_key_required"
              | "misdirected_request"
              | "rate_limited"
              | "role_too_weak";
          } & components["schemas"]["Problem"];
        };
      };
    };
  };
  listWebhookEndpoints: {
    parameters: {};
    responses: {
      /** @description All of them */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["WebhookEndpointList"];
        };
      };
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/problem+json": {
            /** @enum {string} */
            code?:
              | "database_unavailable"
              | "internal_error"
              | "invalid_request"
              | "malformed_host"
              | "merchant_key_required"
              | "misdirected_request"
              | "rate_limited"
              | "role_too_weak";
          } & components["schemas"]["Problem"];
        };
      };
    };
  };
  createWebhookEndpoint: {
    parameters: {
      header?: {
        /**
         * @description Makes the call safe to repeat. The key may be in quotes (draft-ietf-httpapi-idempotency-key-header), with the same meaning. Keys of the merchant, of each session and of callers without a session are separate. Those of refunds never expire.
         * @example cart-7f3a
         */
        "Idempotency-Key"?: string;
      };
    };
    requestBody: {
      content: {
        "application/json": components["schemas"]["NewWebhookEndpoint"];
      };
    };
    responses: {
      /** @description The endpoint */
      201: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["MadeWebhookEndpoint"];
        };
      };
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/problem+json": {
            /** @enum {string} */
            code?:
              | "body_too_large"
              | "cross_site_request"
              | "database_unavailable"
              | "idempotency_key_reused"
              | "internal_error"
              | "invalid_request"
              | "malformed_host"
              | "malformed_json"
              | "merchant_key_required"
              | "misdirected_request"
              | "rate_limited"
              | "role_too_weak"
              | "unsupported_media_type"
              | "webhook_endpoints_full";
          } & components["schemas"]["Problem"];
        };
      };
    };
  };
  getWebhookEndpoint: {
    parameters: {
      path: {
        endpointId: string;
      };
    };
    responses: {
      /** @description The endpoint */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["WebhookEndpoint"];
        };
      };
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/problem+json": {
            /** @enum {string} */
            code?:
              | "database_unavailable"
              | "internal_error"
              | "invalid_request"
              | "malformed_host"
              | "merchant_key_required"
              | "misdirected_request"
              | "rate_limited"
              | "role_too_weak"
              | "webhook_endpoint_not_found";
          } & components["schemas"]["Problem"];
        };
      };
    };
  };
  changeWebhookEndpoint: {
    parameters: {
      path: {
        endpointId: string;
      };
    };
    requestBody: {
      content: {
        "application/json": components["schemas"]["WebhookEndpointChange"];
      };
    };
    responses: {
      /** @description The endpoint */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["WebhookEndpoint"];
        };
      };
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/problem+json": {
            /** @enum {string} */
            code?:
              | "body_too_large"
              | "cross_site_request"
              | "database_unavailable"
              | "internal_error"
              | "invalid_request"
              | "malformed_host"
              | "malformed_json"
              | "merchant_key_required"
              | "misdirected_request"
              | "rate_limited"
              | "role_too_weak"
              | "unsupported_media_type"
              | "webhook_endpoint_not_found";
          } & components["schemas"]["Problem"];
        };
      };
    };
  };
  rotateWebhookSecret: {
    parameters: {
      path: {
        endpointId: string;
      };
    };
    requestBody: {
      content: {
        "application/json": components["schemas"]["WebhookRotation"];
      };
    };
    responses: {
      /** @description The endpoint */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["MadeWebhookEndpoint"];
        };
      };
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/problem+json": {
            /** @enum {string} */
            code?:
              | "body_too_large"
              | "cross_site_request"
              | "database_unavailable"
              | "internal_error"
              | "invalid_request"
              | "malformed_host"
              | "malformed_json"
              | "merchant_key_required"
              | "misdirected_request"
              | "rate_limited"
              | "role_too_weak"
              | "unsupported_media_type"
              | "webhook_endpoint_not_found";
          } & components["schemas"]["Problem"];
        };
      };
    };
  };
  removeWebhookEndpoint: {
    parameters: {
      path: {
        endpointId: string;
      };
    };
    responses: {
      /** @description Removed */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Removed"];
        };
      };
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/problem+json": {
            /** @enum {string} */
            code?:
              | "cross_site_request"
              | "database_unavailable"
              | "internal_error"
              | "invalid_request"
              | "malformed_host"
              | "merchant_key_required"
              | "misdirected_request"
              | "rate_limited"
              | "role_too_weak"
              | "webhook_endpoint_not_found";
          } & components["schemas"]["Problem"];
        };
      };
    };
  };
  listWebhookDeliveries: {
    parameters: {
      query?: {
        state?: "waiting" | "delivered" | "gave_up";
        cursor?: string;
      };
      path: {
        endpointId: string;
      };
    };
    responses: {
      /** @description A page */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["WebhookDeliveryList"];
        };
      };
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/problem+json": {
            /** @enum {string} */
            code?:
              | "database_unavailable"
              | "internal_error"
              | "invalid_request"
              | "malformed_host"
              | "merchant_key_required"
              | "misdirected_request"
              | "rate_limited"
              | "role_too_weak"
              | "webhook_endpoint_not_found";
          } & components["schemas"]["Problem"];
        };
      };
    };
  };
  getWebhookDelivery: {
    parameters: {
      path: {
        endpointId: string;
        eventId: string;
      };
    };
    responses: {
      /** @description The delivery */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["WebhookDeliveryDetail"];
        };
      };
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/problem+json": {
            /** @enum {string} */
            code?:
              | "database_unavailable"
              | "internal_error"
              | "invalid_request"
              | "malformed_host"
              | "merchant_key_required"
              | "misdirected_request"
              | "rate_limited"
              | "role_too_weak"
              | "webhook_delivery_not_found"
              | "webhook_endpoint_not_found";
          } & components["schemas"]["Problem"];
        };
      };
    };
  };
  resendWebhook: {
    parameters: {
      path: {
        endpointId: string;
        eventId: string;
      };
    };
    responses: {
      /** @description The delivery */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["WebhookDelivery"];
        };
      };
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/problem+json": {
            /** @enum {string} */
            code?:
              | "cross_site_request"
              | "database_unavailable"
              | "internal_error"
              | "invalid_request"
              | "malformed_host"
              | "merchant_key_required"
              | "misdirected_request"
              | "rate_limited"
              | "role_too_weak"
              | "webhook_delivery_not_found"
              | "webhook_endpoint_not_found";
          } & components["schemas"]["Problem"];
        };
      };
    };
  };
  resendWebhooks: {
    parameters: {
      path: {
        endpointId: string;
      };
    };
    requestBody: {
      content: {
        "application/json": components["schemas"]["WebhookResend"];
      };
    };
    responses: {
      /** @description How many */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["WebhookResent"];
        };
      };
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/problem+json": {
            /** @enum {string} */
            code?:
              | "body_too_large"
              | "cross_site_request"
              | "database_unavailable"
              | "internal_error"
              | "invalid_request"
              | "malformed_host"
              | "malformed_json"
              | "merchant_key_required"
              | "misdirected_request"
              | "rate_limited"
              | "role_too_weak"
              | "unsupported_media_type"
              | "webhook_endpoint_not_found";
          } & components["schemas"]["Problem"];
        };
      };
    };
  };
  getMetrics: {
    parameters: {};
    responses: {
      /** @description In Prometheus's text format */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "text/plain": components["schemas"]["Metrics"];
        };
      };
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/problem+json": {
            /** @enum {string} */
            code?:
              | "database_unavailable"
              | "internal_error"
              | "invalid_request"
              | "merchant_key_required"
              | "rate_limited"
              | "role_too_weak";
          } & components["schemas"]["Problem"];
        };
      };
    };
  };
  getHealth: {
    parameters: {};
    responses: {
      /** @description Alive */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Health"];
        };
      };
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/problem+json": {
            /** @enum {string} */
            code?: "internal_error" | "invalid_request";
          } & components["schemas"]["Problem"];
        };
      };
    };
  };
  getReadiness: {
    parameters: {};
    responses: {
      /** @description Yes; degraded while Kafka or payment is down */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Readiness"];
        };
      };
      /** @description No: the database is down */
      503: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Readiness"];
        };
      };
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/problem+json": {
            /** @enum {string} */
            code?: "internal_error" | "invalid_request";
          } & components["schemas"]["Problem"];
        };
      };
    };
  };
  orderEvent: {
    parameters: {
      header: {
        /** @description The event's id, the same on every try */
        "webhook-id": string;
        /** @description When this try was sent, in seconds since 1970 */
        "webhook-timestamp": string;
        /** @description `v1,` and HMAC-SHA256 of `id.timestamp.body` in base64; one by each secret */
        "webhook-signature": string;
      };
    };
    requestBody: {
      content: {
        "application/json": components["schemas"]["OrderWebhook"];
      };
    };
    responses: {
      /** @description Turns the endpoint off */
      410: {
        headers: {
          [name: string]: unknown;
        };
      };
      /** @description Delivered. Any other status is retried later */
      "2XX": {
        headers: {
          [name: string]: unknown;
        };
      };
    };
  };
}
