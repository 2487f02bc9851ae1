# One image; NODE_ENV=production inside, so secrets and DATABASE_URL must be given (see .env.example).
FROM node:22-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
COPY apps/api/package.json apps/api/
COPY apps/api/bin apps/api/bin
COPY apps/simulator/package.json apps/simulator/
COPY libs/contracts/package.json libs/contracts/
COPY libs/brokers/package.json libs/brokers/
COPY libs/wire/package.json libs/wire/
RUN npm ci
COPY tsconfig.base.json ./
COPY libs libs
COPY apps apps
RUN npx tsc -b apps/api

FROM node:22-bookworm-slim
LABEL org.opencontainers.image.title="recado" \
      org.opencontainers.image.description="The service between a WhatsApp broker and a team's inbox" \
      org.opencontainers.image.licenses="MIT"
ENV NODE_ENV=production HOST=0.0.0.0 RECADO_DATA_DIR=/data
WORKDIR /app
COPY package.json package-lock.json ./
COPY apps/api/package.json apps/api/
COPY apps/api/bin apps/api/bin
COPY apps/simulator/package.json apps/simulator/
COPY libs/contracts/package.json libs/contracts/
COPY libs/brokers/package.json libs/brokers/
COPY libs/wire/package.json libs/wire/
RUN npm ci --omit=dev && npm cache clean --force
COPY migrations migrations
COPY --from=build /app/libs/contracts/dist libs/contracts/dist
COPY --from=build /app/libs/brokers/dist libs/brokers/dist
COPY --from=build /app/libs/wire/dist libs/wire/dist
COPY --from=build /app/apps/api/dist apps/api/dist
RUN mkdir /data && chown 10001:10001 /data
VOLUME /data
USER 10001:10001
EXPOSE 4545
HEALTHCHECK --interval=10s --timeout=3s --start-period=60s CMD ["node", "apps/api/dist/healthcheck.js"]
# Requests in flight outlive a small young generation, and copying them on is dear (docs/decisions/0010).
CMD ["node", "--max-semi-space-size=64", "apps/api/dist/main.js"]
