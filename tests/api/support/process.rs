//! The binary, run as people run it.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Output, Stdio};

/// The binary in a folder, without the settings of whoever runs the tests.
pub fn evenbar(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_evenbar"));
    command.current_dir(folder).env_clear().args(arguments).stdin(Stdio::null());
    command
}

/// Runs a command to its end, with this on its standard input.
pub fn finish(mut command: Command, input: &str) -> Output {
    let command = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    // A command that reads nothing may be gone already.
    child.stdin.take().unwrap().write_all(input.as_bytes()).ok();
    child.wait_with_output().unwrap()
}

/// What a command that ends well prints.
#[track_caller]
pub fn output(command: Command, input: &str) -> String {
    let output = finish(command, input);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// A service that runs until this is dropped.
pub struct Service {
    child: Child,
    address: String,
    stdout: BufReader<ChildStdout>,
}

impl Service {
    /// Starts a command that serves, and waits until it listens.
    pub fn start(mut command: Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let address = said_after("Evenbar listens on http://", &mut stdout);
        Self { child, address, stdout }
    }

    /// What stands after this in the next line that begins with it.
    pub fn line_after(&mut self, beginning: &str) -> String {
        said_after(beginning, &mut self.stdout)
    }

    /// Where it listens.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// The process.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Asks it to end, and waits until it did what it was at.
    pub fn stop(mut self) {
        // Once it answers, it knows how to end.
        assert_eq!(self.ask("GET", "/livez", "", "").0, 200);
        let process = self.child.id().to_string();
        let asked = Command::new("sh").args(["-c", "kill -TERM \"$0\"", &process]).status();
        assert!(asked.unwrap().success());
        assert!(self.child.wait().unwrap().success());
    }

    /// Sends a request and gives status and body.
    pub fn ask(&self, method: &str, path: &str, token: &str, body: &str) -> (u16, String) {
        ask(&self.address, method, path, token, body)
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

fn said_after(beginning: &str, stdout: &mut BufReader<ChildStdout>) -> String {
    loop {
        let mut line = String::new();
        assert!(stdout.read_line(&mut line).unwrap() > 0, "the service did not start");
        if let Some(rest) = line.trim().strip_prefix(beginning) {
            return rest.to_owned();
        }
    }
}

/// Sends a request to an address and gives status and body.
pub fn ask(address: &str, method: &str, path: &str, token: &str, body: &str) -> (u16, String) {
    let (head, body) = answer(send(address, (method, path, token), "", body)).unwrap();
    (head.split(' ').nth(1).unwrap().parse().unwrap(), body)
}

/// Sends a request with more header lines, each with its end, and does not wait for the answer.
pub fn send(
    address: &str,
    (method, path, token): (&str, &str, &str),
    headers: &str,
    body: &str,
) -> TcpStream {
    let mut stream = TcpStream::connect(address).unwrap();
    let length = body.len();
    write!(
        stream,
        "{method} {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\
         Authorization: Bearer {token}\r\nContent-Type: application/json\r\n{headers}\
         Content-Length: {length}\r\n\r\n{body}"
    )
    .unwrap();
    stream
}

/// Waits for an answer and gives its head and its body; none when the service went before it answered.
pub fn answer(mut stream: TcpStream) -> Option<(String, String)> {
    let mut reply = String::new();
    stream.read_to_string(&mut reply).ok()?;
    let (head, body) = reply.split_once("\r\n\r\n")?;
    Some((head.to_owned(), body.to_owned()))
}
