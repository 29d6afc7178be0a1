-- Each service has a role that owns its database and has no other rights.
\getenv order ORDER_DATABASE_PASSWORD
\getenv payment PAYMENT_DATABASE_PASSWORD
create role payflow_order login password :'order';
create role payflow_payment login password :'payment';
create database "order" owner payflow_order;
create database "payment" owner payflow_payment;
