// The rivals' order, item and event; the event is about as long as OrderCreated.
const event =
  '{"eventId":"0192f0c1-2b7e-7c35-9a50-3f1a8f6f2a10","orderId":"0192f0c1-2b7e-7c35-9a50-3f1a8f6f2a11","orderName":"Dev tool","amount":1000,"currency":"KRW","items":[{"productId":"dev-tool","name":"Dev tool","quantity":1,"unitPrice":1000}],"expiresAt":"2026-01-01T00:45:00.000Z"}';
const insertOrder = `insert into orders (status, order_name, amount_krw, customer_name, customer_email)
  values ('PENDING', 'Dev tool', 1000, '김토스', 'kim@example.com') returning id`;

export const statements = {
  single: `with o as (${insertOrder}),
    i as (insert into order_items (order_id, product_id, quantity, unit_price_krw)
      select id, 'dev-tool', 1, 1000 from o)
    insert into outbox (order_id, topic, payload) select id, 'OrderCreated', '${event}' from o`,
  order: insertOrder,
  item: (id: string) =>
    `insert into order_items (order_id, product_id, quantity, unit_price_krw) values (${id}, 'dev-tool', 1, 1000)`,
  event: (id: string) =>
    `insert into outbox (order_id, topic, payload) values (${id}, 'OrderCreated', '${event}')`,
};
