//! A server of calendars, or of a chat, on the loopback that a test tells what to say.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

/// What it says.
#[derive(Debug, Clone)]
pub struct Said {
    /// The status.
    pub status: u16,
    /// Headers beside those of the protocol.
    pub headers: Vec<(&'static str, String)>,
    /// The body.
    pub body: Vec<u8>,
}

#[derive(Default)]
struct Shared {
    said: Option<Said>,
    asked: Vec<String>,
    stopping: bool,
}

/// A server; its port refuses connections once it is dropped.
pub struct CalendarServer {
    address: SocketAddr,
    shared: Arc<Mutex<Shared>>,
    serving: Option<JoinHandle<()>>,
}

impl CalendarServer {
    /// A server that says nothing yet.
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let shared = Arc::new(Mutex::new(Shared::default()));
        let of_thread = Arc::clone(&shared);
        let serving = std::thread::spawn(move || {
            for stream in listener.incoming() {
                if lock(&of_thread).stopping {
                    return;
                }
                answer(stream.unwrap(), &of_thread);
            }
        });
        Self { address, shared, serving: Some(serving) }
    }

    /// The address of a calendar there.
    pub fn url(&self) -> String {
        format!("http://{}/private/secret-of-ana.ics", self.address)
    }

    /// What it says from now on.
    pub fn say(&self, status: u16, headers: &[(&'static str, &str)], body: impl Into<Vec<u8>>) {
        let headers = headers.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
        lock(&self.shared).said = Some(Said { status, headers, body: body.into() });
    }

    /// What it was asked since the last call: headers, and after an empty line the body if there was one.
    pub fn asked(&self) -> Vec<String> {
        std::mem::take(&mut lock(&self.shared).asked)
    }
}

impl Drop for CalendarServer {
    fn drop(&mut self) {
        lock(&self.shared).stopping = true;
        TcpStream::connect(self.address).ok();
        if let Some(serving) = self.serving.take() {
            serving.join().ok();
        }
    }
}

fn lock(shared: &Mutex<Shared>) -> std::sync::MutexGuard<'_, Shared> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

fn answer(mut stream: TcpStream, shared: &Mutex<Shared>) {
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let (mut asked, mut length) = (String::new(), 0);
    while let Some(Ok(line)) = reader.by_ref().lines().next() {
        if line.is_empty() {
            break;
        }
        let (name, value) = line.split_once(':').unwrap_or_default();
        if name.eq_ignore_ascii_case("content-length") {
            length = value.trim().parse().unwrap();
        }
        asked.push_str(&line);
        asked.push('\n');
    }
    if length > 0 {
        let mut body = vec![0; length];
        reader.read_exact(&mut body).unwrap();
        asked.push('\n');
        asked.push_str(&String::from_utf8(body).unwrap());
    }
    let said = {
        let mut shared = lock(shared);
        shared.asked.push(asked);
        shared.said.clone()
    };
    let Some(Said { status, headers, body }) = said else { return };
    let mut head =
        format!("HTTP/1.1 {status} X\r\nConnection: close\r\nContent-Length: {}\r\n", body.len());
    for (name, value) in headers {
        head += &[name, ": ", &value, "\r\n"].concat();
    }
    // A reader that heard enough hangs up.
    stream.write_all(head.as_bytes()).ok();
    stream.write_all(b"\r\n").ok();
    stream.write_all(&body).ok();
}
