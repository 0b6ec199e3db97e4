//! The binary: where it listens, what it says, and how it fails.

use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::process::{Child, Command, Stdio};

/// Ends the process with the test.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn binary(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_fake-stripe"));
    command.args(args).env_remove("FAKE_STRIPE_SEED").stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// The first three lines that it prints.
fn told(command: &mut Command) -> Vec<String> {
    let mut running = Running(command.spawn().unwrap());
    let lines = BufReader::new(running.0.stdout.take().unwrap()).lines();
    lines.take(3).map(Result::unwrap).collect()
}

#[test]
fn its_first_line_says_where_it_listens() {
    let lines = told(&mut binary(&["--addr", "127.0.0.1:0"]));
    let port = lines[0].strip_prefix("fake-stripe listens on http://127.0.0.1:").unwrap();
    assert!(port.parse::<u16>().unwrap() > 0);
}

#[test]
fn its_seed_is_another_one_each_time_unless_it_is_set() {
    let seed = |command: &mut Command| told(command).pop().unwrap();
    let free = ["--addr", "127.0.0.1:0"];
    assert_ne!(seed(&mut binary(&free)), seed(&mut binary(&free)));
    assert_eq!(seed(binary(&free).env("FAKE_STRIPE_SEED", "7")), "seed: 7");
    assert_eq!(seed(binary(&free).args(["--seed", "8"]).env("FAKE_STRIPE_SEED", "7")), "seed: 8");
}

#[test]
fn a_port_that_is_taken_is_said_and_is_a_failure() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let addr = taken.local_addr().unwrap().to_string();
    let output = binary(&["--addr", &addr]).output().unwrap();
    assert_eq!((output.status.code(), output.stdout.as_slice()), (Some(1), [].as_slice()));
    let message = String::from_utf8(output.stderr).unwrap();
    assert!(message.contains(&format!("cannot listen on {addr}")), "{message}");
}
