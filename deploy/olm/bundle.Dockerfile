# Built from deploy/olm: docker build -f bundle.Dockerfile .
FROM scratch
LABEL operators.operatorframework.io.bundle.mediatype.v1=registry+v1 \
      operators.operatorframework.io.bundle.manifests.v1=manifests/ \
      operators.operatorframework.io.bundle.metadata.v1=metadata/ \
      operators.operatorframework.io.bundle.package.v1=egressip-ipam-operator \
      operators.operatorframework.io.bundle.channels.v1=stable-v0,candidate-v0 \
      operators.operatorframework.io.bundle.channel.default.v1=stable-v0 \
      com.redhat.openshift.versions=v4.10
COPY manifests /manifests/
COPY metadata /metadata/
