# syntax=docker/dockerfile:1
# Three stages: dependencies without build tools and without the embedded database, what is built, then the program,
# with nothing native but Node. 41 MB on top of Node's own image.

FROM node:24-alpine AS dependencies
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# The example apps are workspaces; absent here, npm leaves their packages out.
# Nothing of ours is here yet that an install could run.
RUN npm ci --omit=dev --omit=optional --ignore-scripts

FROM node:24-alpine AS built
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# What builds has native parts, which are optional packages: one a platform. Nothing of this stage is shipped.
RUN npm ci --ignore-scripts
COPY scripts scripts
COPY bin bin
COPY src src
COPY web web
RUN node scripts/build-dashboard.mjs && node scripts/build-server.mjs --unchanging

FROM node:24-alpine
ENV NODE_ENV=production
WORKDIR /app
COPY --from=dependencies /app/node_modules node_modules
COPY package.json LICENSE ./
COPY bin bin
COPY src src
COPY --from=built /app/dist dist
USER node
EXPOSE 4100
HEALTHCHECK --interval=10s --timeout=3s --start-period=60s \
  CMD wget -q -O /dev/null http://127.0.0.1:4100/healthz || exit 1
# No shell in between: SIGTERM reaches the server, which finishes what is in flight.
# What V8 takes by itself goes by the memory of the machine: a third more, most of it garbage not yet collected.
CMD ["node", "--max-semi-space-size=16", "--max-old-space-size=1024", "bin/gatehouse.mjs", "start"]
