# Run ./build first: the image takes the published program as it is.
#   ./build && docker build -t nodedns .
# glibc on purpose, see docs/decisions/0006-published-form.md.
FROM debian:bookworm-slim
# OpenSSL and the certificates serve upstreams over TLS; nothing else loads them.
RUN apt-get update \
 && apt-get install -y --no-install-recommends libssl3 ca-certificates \
 && rm -rf /var/lib/apt/lists/*
COPY artifacts/nodedns/ /usr/lib/nodedns/
RUN ln -s /usr/lib/nodedns/nodedns /usr/bin/nodedns
# Signals reach the program itself; the control socket's folder is made at start.
ENTRYPOINT ["/usr/lib/nodedns/nodedns"]
