# syntax=docker/dockerfile:1
# Two stages: dependencies without build tools and without the embedded database, then the program. Some 200 MB.

FROM node:24-alpine AS dependencies
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# The example apps are workspaces; absent here, npm leaves their packages out.
RUN npm ci --omit=dev --omit=optional

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
