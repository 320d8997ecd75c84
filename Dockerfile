# syntax=docker/dockerfile:1
# Two stages: dependencies without build tools and without the embedded database, then the program. Some 210 MB.

FROM node:24-alpine AS dependencies
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
COPY examples/article/package.json examples/article/
RUN npm ci --omit=dev --omit=optional --workspaces=false --include-workspace-root

FROM node:24-alpine
ENV NODE_ENV=production
WORKDIR /app
COPY --from=dependencies /app/node_modules node_modules
COPY package.json LICENSE ./
COPY bin bin
COPY src src
USER node
EXPOSE 4100
HEALTHCHECK --interval=10s --timeout=3s --start-period=10s \
  CMD wget -q -O /dev/null http://127.0.0.1:4100/healthz || exit 1
# No shell in between: SIGTERM reaches the server, which finishes what is in flight.
CMD ["node", "bin/gatehouse.mjs", "start"]
