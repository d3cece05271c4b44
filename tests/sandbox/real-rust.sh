#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Rust without a network: cargo makes, builds, tests and runs a project.
# needs: cargo rustc gcc
# timeout: 240
. "$TESTS/support/sandbox.sh"
. "$TESTS/support/real-work.sh"

both_ways <<'END'
exec 2>errors
cargo init --vcs none --name thing .
cat >src/main.rs <<'RS'
use std::{fs, process::Command, thread};
fn main() {
    let t: Vec<_> = (0..8).map(|i| thread::spawn(move || {
        Command::new("sh").arg("-c").arg(format!("exit {i}")).status().unwrap().code().unwrap()
    })).collect();
    println!("{}", t.into_iter().map(|t| t.join().unwrap()).sum::<i32>());
    fs::write("out", "x").unwrap();
    println!("{}", fs::read("missing").unwrap_err());
}
#[test]
fn adds() { assert_eq!(1 + 1, 2); }
RS
cargo build --offline
target/debug/thing
cargo test --offline | grep 'test result' | cut -d ';' -f 1
cargo run --offline --release
END
