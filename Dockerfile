# docker build -t registry.example.org/nodedns:0.1.0 .
# Both bases may be exchanged for others of a glibc with apt (deploy/image-test does), never for musl: see
# docs/decisions/0006-published-form.md. The program brings its own .NET runtime; OpenSSL and the certificates serve
# upstreams over TLS and HTTPS only, and are loaded for those alone.
ARG SDK_IMAGE=mcr.microsoft.com/dotnet/sdk:10.0-noble
ARG RUNTIME_IMAGE=mcr.microsoft.com/dotnet/runtime-deps:10.0-noble

FROM ${SDK_IMAGE} AS build
WORKDIR /source
COPY build global.json Directory.Build.props Directory.Packages.props .editorconfig ./
COPY src/ src/
RUN ./build

FROM ${RUNTIME_IMAGE}
ARG VERSION=0.1.0
ARG REVISION=unknown
ARG CREATED=1970-01-01T00:00:00Z
LABEL org.opencontainers.image.title="NodeDns" \
      org.opencontainers.image.description="Node-local caching DNS proxy for Kubernetes" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}" \
      org.opencontainers.image.created="${CREATED}"
# libssl3 and ca-certificates: upstreams over TLS and HTTPS; most bases have them.
# nftables from within the process, iptables as the second choice. Nothing else is run from here, no shell either.
RUN apt-get update \
 && apt-get install -y --no-install-recommends ca-certificates iptables libnftables1 libssl3 \
 && rm -rf /var/lib/apt/lists/* /var/cache/apt/* /var/log/*
COPY --from=build /source/artifacts/nodedns/ /usr/lib/nodedns/
# The second name is for manifests that call node-cache by its path.
RUN ln -s /usr/lib/nodedns/nodedns /usr/bin/nodedns \
 && ln -s /usr/lib/nodedns/nodedns /node-cache
# Numeric, and root on purpose: capabilities given to another user do not become effective. The manifests drop all but two.
USER 0:0
# Signals reach the program itself.
ENTRYPOINT ["/usr/lib/nodedns/nodedns"]
