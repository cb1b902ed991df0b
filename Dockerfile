# syntax=docker/dockerfile:1
# One target per service: docker build --target web|webhook|bank .
# `bank` is the simulator, for trying things out; it is never part of a production deployment.

FROM node:20-bookworm-slim AS node

# What builds: Rust of one version, Node for Tailwind and wasm-opt.
FROM rust:1.95-slim-bookworm AS tools
# The image has one toolchain; rust-toolchain.toml would fetch another.
ENV RUSTUP_TOOLCHAIN=1.95.0
RUN rustup target add wasm32-unknown-unknown
COPY --from=node /usr/local/bin/node /usr/local/bin/node
COPY --from=node /usr/local/lib/node_modules/npm /usr/local/lib/node_modules/npm
RUN ln -s ../lib/node_modules/npm/bin/npm-cli.js /usr/local/bin/npm
WORKDIR /okane
COPY . .

FROM tools AS build-web
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,target=/okane/target,id=okane-web \
    --mount=type=cache,target=/root/.npm \
    cargo xtask build site web \
    && mkdir -p /out \
    && cp target/release/okane /out/ \
    && cp -r target/site /out/site

FROM tools AS build-webhook
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,target=/okane/target,id=okane-webhook \
    cargo xtask build webhook \
    && mkdir -p /out \
    && cp target/release/okane-webhook /out/

FROM tools AS build-bank
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,target=/okane/target,id=okane-webhook \
    cargo xtask build bank \
    && mkdir -p /out \
    && cp target/release/okane-bank /out/

# What runs: a small system, a user without rights, nothing that builds.
FROM debian:bookworm-slim AS runtime
RUN useradd --system --uid 10001 --no-create-home okane
# Whom to believe beyond the door: the bank and the OpenID provider are reached by HTTPS.
COPY --from=tools /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
ENV LOG_FORMAT=json
# By number, so that a host that forbids root can see that this is not it.
USER 10001
WORKDIR /srv

FROM runtime AS web
COPY --from=build-web /out/okane /usr/local/bin/okane
COPY --from=build-web /out/site /srv/site
ENV LISTEN_ADDR=0.0.0.0:3000 \
    LEPTOS_OUTPUT_NAME=okane \
    LEPTOS_SITE_ROOT=/srv/site \
    LEPTOS_SITE_PKG_DIR=pkg
EXPOSE 3000
# The image has no curl, but its bash speaks enough TCP to ask.
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s --retries=3 \
    CMD ["bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/3000 && printf 'GET /readyz HTTP/1.0\\r\\nHost: localhost\\r\\n\\r\\n' >&3 && head -n 1 <&3 | grep -q ' 200 '"]
ENTRYPOINT ["okane"]
CMD ["serve"]

FROM runtime AS webhook
COPY --from=build-webhook /out/okane-webhook /usr/local/bin/okane-webhook
ENV LISTEN_ADDR=0.0.0.0:3001
EXPOSE 3001
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s --retries=3 \
    CMD ["bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/3001 && printf 'GET /readyz HTTP/1.0\\r\\nHost: localhost\\r\\n\\r\\n' >&3 && head -n 1 <&3 | grep -q ' 200 '"]
ENTRYPOINT ["okane-webhook"]

FROM runtime AS bank
COPY --from=build-bank /out/okane-bank /usr/local/bin/okane-bank
ENV LISTEN_ADDR=0.0.0.0:3002
EXPOSE 3002
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s --retries=3 \
    CMD ["bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/3002 && printf 'GET /healthz HTTP/1.0\\r\\nHost: localhost\\r\\n\\r\\n' >&3 && head -n 1 <&3 | grep -q ' 200 '"]
ENTRYPOINT ["okane-bank"]
