#!/usr/bin/env bash
# Makes an ORT_HOME for Debian 12, which has no onnxruntime: Debian 13's headers and the library of the Python package.
# Headers may be older than the library, because programs ask it for a version of its interface. Nothing is installed.
set -euo pipefail
cd "$(dirname "$0")/../.."
home=exports/onnxruntime
library=$(echo "$PWD"/.venv/lib/python3*/site-packages/onnxruntime/capi/libonnxruntime.so.*)
[ -f "$library" ] || { echo "onnxruntime is not in .venv: run make setup"; exit 1; }

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
chmod 755 "$work" # apt reads as another user
mkdir -p "$work/lists/partial" "$work/cache/archives/partial"
mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Label: Debian' 'Created-By: Packages' | sed -n 1p)
[ -n "$mirror" ] || { echo "apt has no mirror of Debian: run apt-get update"; exit 1; }
echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror trixie main" >"$work/sources"
apt=(-qq -o Dir::Etc::SourceList="$work/sources" -o Dir::Etc::SourceParts=/dev/null
  -o Dir::State::Lists="$work/lists" -o Dir::Cache="$work/cache" -o APT::Sandbox::User=)
apt-get "${apt[@]}" update
(cd "$work" && apt-get "${apt[@]}" download libonnxruntime-dev)
dpkg-deb --extract "$work"/libonnxruntime-dev_*.deb "$work/package"

rm -rf "$home"
mkdir -p "$home/lib"
cp -r "$work/package/usr/include/onnxruntime" "$home/include"
ln -s "$library" "$home/lib/libonnxruntime.so"   # for the linker
ln -s "$library" "$home/lib/libonnxruntime.so.1" # the name that a program asks for
echo "$home has $(basename "$library") and headers of $(basename "$work"/libonnxruntime-dev_*.deb)"
