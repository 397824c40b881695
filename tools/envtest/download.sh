#!/usr/bin/env bash
# Brings kube-apiserver and etcd into a folder, and prints it: tools/envtest/download.sh FOLDER
# They are what Kubernetes' controller-tools release for tests; the sums are those of its envtest-releases.yaml.
set -euo pipefail
folder=${1:?which folder shall they be in}
version=v1.36.2
case "$(uname -s) $(uname -m)" in
  'Linux x86_64')
    platform=linux-amd64
    sum=ea743186c8a799f5cf8faf16969f86189d003cb7d130e0ac4b58789f1e5748dcf30ebe91c837a10d5ac415383da3e10b9e64d65785c938c23e739781cfb76f08
    ;;
  'Linux aarch64')
    platform=linux-arm64
    sum=2d72ee985a8e262a3c57dc9f7f0fd891f6a8c7bf7ebaa2db6dc6d8eac8ae28181afe51c1f368b67756cdb40b10de9b205609e1726e5f27f7c6d824dd9c6649ac
    ;;
  *)
    echo "not for $(uname -s) $(uname -m): tools/envtest/README.md has other ways" >&2
    exit 1
    ;;
esac
mkdir -p "$folder"
archive=$(mktemp)
trap 'rm -f "$archive"' EXIT
curl --fail --silent --show-error --location --retry 3 --output "$archive" \
  "https://github.com/kubernetes-sigs/controller-tools/releases/download/envtest-$version/envtest-$version-$platform.tar.gz"
# What is not just what it was then is not unpacked.
echo "$sum  $archive" | sha512sum --check --quiet >&2
tar -xzf "$archive" -C "$folder" --strip-components=2 controller-tools/envtest/kube-apiserver controller-tools/envtest/etcd
echo "$folder"
