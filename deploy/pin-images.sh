#!/bin/sh
# Prints the images of an installation pinned by digest, as lines for compose.env:
#
#   sh deploy/pin-images.sh >> deploy/compose.env
#
# Asks the registry through `docker buildx imagetools inspect`. Run it again to take up what was
# published under the same version since; newer versions are chosen in compose.yaml and Dockerfile.
set -eu
cd "$(dirname "$0")"
grep -hoE '[A-Z]+_IMAGE(:-|=)[a-z]+:[^}" ]+' compose.yaml Dockerfile | sed -E 's/(:-|=)/ /' | sort -u |
while read -r name image; do
  digest=$(docker buildx imagetools inspect "$image" --format '{{.Manifest.Digest}}') || {
    echo "pin-images: the registry does not tell the digest of $image" >&2
    exit 1
  }
  case $digest in
    sha256:*) echo "$name=$image@$digest" ;;
    *) echo "pin-images: not a digest of $image: $digest" >&2; exit 1 ;;
  esac
done
