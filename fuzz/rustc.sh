#!/bin/sh
# Cargo calls this in the compiler's place for the crates of the workspace, and for them only: the fuzzer is guided by
# what is reached in the house, not in its libraries, which are those of every other build.
case "$*" in
  *"--crate-name build_script_build"* | *"--crate-type proc-macro"*) exec "$@" ;;
esac
exec "$@" -Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
  -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table \
  -Cllvm-args=-sanitizer-coverage-trace-compares -Ccodegen-units=1 -Copt-level=1
