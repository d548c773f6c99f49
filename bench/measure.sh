#!/usr/bin/env bash
# Measures everything that docs/performance.md shows, on a machine that does nothing else, and renews the page and its pictures. Takes some ten minutes.
set -euo pipefail
cd "$(dirname "$0")/.."
dotnet build bench/Nabla.Peers.slnx -c Release
dotnet publish bench/Nabla.FirstStep -c Release -r linux-x64 -p:PublishAot=true || echo "No native code here: its rows are left out."
benchmarks=bench/Nabla.Benchmarks/bin/Release/net10.0/Nabla.Benchmarks
"$benchmarks" side-by-side --all --threads 2
"$benchmarks" scaling
