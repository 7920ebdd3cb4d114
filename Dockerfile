# The gateway as an image; the sandbox as another (--target sandbox). scripts/image builds both with
# buildah, deploy/README.md says how with docker and podman. No syntax here needs BuildKit.
#
# Stages: packages -> build -> runtime; build -> sandbox-build -> sandbox, test. The development container
# (.devcontainer) is made of packages.

# Debian 12; trixie is Debian 13.
ARG DEBIAN=bookworm
FROM debian:${DEBIAN}-slim AS packages
WORKDIR /src
# For a builder that mounts a compiler cache: as scripts/lib/common.sh has it.
ENV CCACHE_BASEDIR=/src CCACHE_NOHASHDIR=true CCACHE_SLOPPINESS=pch_defines,time_macros
# The list of packages is that of every developer; apt asks Debian, which signs what it sends.
COPY scripts/setup scripts/setup
COPY scripts/lib/common.sh scripts/lib/common.sh
RUN ./scripts/setup build

FROM packages AS build
COPY CMakeLists.txt CMakePresets.json ./
COPY cmake cmake
COPY proto proto
COPY client client
COPY service service
ARG REVISION=unknown
RUN cmake --preset release -DGATEWAY_WITH_TESTS=OFF -DGATEWAY_WITH_BENCHMARKS=OFF \
          -DGATEWAY_COMMIT="$(printf %.12s "$REVISION")" \
 && cmake --build --preset release --target oauth-gateway
COPY LICENSE NOTICE ./
COPY scripts/rootfs scripts/rootfs
COPY scripts/lib/sbom.sh scripts/lib/sbom.sh
# Of the commit. Every file of the image has this time, so that the same sources, with the same
# packages, are the same layers.
ARG SOURCE_DATE_EPOCH=0
ARG VERSION=0.0.0
RUN ./scripts/rootfs oauth-gateway /rootfs

FROM build AS sandbox-build
COPY sandbox sandbox
COPY tests tests
RUN cmake --preset release -DGATEWAY_WITH_TESTS=ON -DGATEWAY_WITH_BENCHMARKS=OFF \
 && cmake --build --preset release --target oauth-sandbox
ARG SOURCE_DATE_EPOCH=0
ARG VERSION=0.0.0
RUN ./scripts/rootfs oauth-sandbox /rootfs-sandbox

# Not part of any image: docker build --target test.
FROM sandbox-build AS test
COPY README.md ARCHITECTURE.md CHANGELOG.md CODE_OF_CONDUCT.md CONTRIBUTING.md SECURITY.md ./
COPY bench bench
COPY deploy deploy
COPY docs docs
COPY scripts scripts
RUN cmake --build --preset release --target unit_tests && ctest --preset release -L unit

FROM scratch AS sandbox
COPY --from=sandbox-build /rootfs-sandbox/ /
USER 65532:65532
ENV HOME=/
EXPOSE 8080
STOPSIGNAL SIGTERM
ARG VERSION=0.0.0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="oauth-sandbox" \
      org.opencontainers.image.description="A ModelGates to develop against; never for production" \
      org.opencontainers.image.source="https://modelgates.ai/oauth-gateway" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
ENTRYPOINT ["/usr/bin/oauth-sandbox"]
CMD ["--listen=0.0.0.0:8080"]

FROM scratch AS runtime
COPY --from=build /rootfs/ /
USER 65532:65532
# Within a container the other side of loopback is nobody: kubelet and Prometheus come from outside.
ENV HOME=/ \
    OAUTH_GATEWAY_ADMIN_LISTEN=0.0.0.0:9090
EXPOSE 50051 9090
STOPSIGNAL SIGTERM
# For engines that ask the container itself; Kubernetes asks by gRPC and HTTP. Not whether it is ready:
# it is not while it drains, and must not be killed for that. It knows settings of the environment, so
# ports are set there and not by arguments.
HEALTHCHECK --interval=10s --timeout=5s --start-period=5s --retries=3 \
  CMD ["/usr/bin/oauth-gateway", "--probe=live"]
ARG VERSION=0.0.0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="oauth-gateway" \
      org.opencontainers.image.description="The OAuth PKCE flow of ModelGates as gRPC" \
      org.opencontainers.image.source="https://modelgates.ai/oauth-gateway" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
ENTRYPOINT ["/usr/bin/oauth-gateway"]
