# One image for the sandbox, payment and order: each is `bun packages/…/main.ts`.
# Nothing is built: Bun runs the TypeScript as it is.
FROM oven/bun:1.4.5
WORKDIR /app
ENV NODE_ENV=production

# The manifests alone first, so that a change of code does not install again.
COPY package.json bun.lock bunfig.toml ./
COPY patches patches
COPY packages/access/package.json packages/access/
COPY packages/back-office/package.json packages/back-office/
COPY packages/client/package.json packages/client/
COPY packages/console/package.json packages/console/
COPY packages/database/package.json packages/database/
COPY packages/ledger/package.json packages/ledger/
COPY packages/local-stack/package.json packages/local-stack/
COPY packages/notifications/package.json packages/notifications/
COPY packages/operate/package.json packages/operate/
COPY packages/order/package.json packages/order/
COPY packages/outbox/package.json packages/outbox/
COPY packages/payment/package.json packages/payment/
COPY packages/shared/package.json packages/shared/
COPY packages/toss-sandbox/package.json packages/toss-sandbox/
COPY ui/package.json ui/
RUN bun install --frozen-lockfile --production --omit=optional

COPY tsconfig.json shop.json ./
COPY packages packages
COPY ui ui
# The page that explains errors, and the API's description, are drawn from it.
COPY docs/errors.md docs/
# The payflow command installs the packages unless they are recorded as installed.
RUN bun -e "(await import('/app/packages/local-stack/install.ts')).stampInstalled('/app')"
RUN mkdir /data && chown bun:bun /data
USER bun
