#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A test of kselftest: KTAP on standard output, exit status 0 (pass), 1 (fail) or 4 (skip).
program=${TRUECOUNT:-truecount}
if ! command -v "$program" > /dev/null; then
  echo "KTAP version 1"
  echo "1..0 # SKIP there is no truecount in PATH: set TRUECOUNT"
  exit 4
fi
exec "$program" diagnose --format ktap --exit-codes kselftest
