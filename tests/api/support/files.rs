//! Files, and the forms that they are sent in.

use actix_web::http::Method;
use actix_web::test::TestRequest;

use super::{Browser, Person, Reply, TestApp};

/// A PDF that says nothing.
pub const PDF: &[u8] = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF\n";

/// What stands between the parts of a form; every form has another one.
fn boundary(seed: usize) -> String {
    format!("------------------------{seed:016x}")
}

/// A request with a form of words and a file with its name.
pub fn form(
    request: TestRequest,
    seed: usize,
    words: &[(&str, &str)],
    file: Option<(&str, &[u8])>,
) -> TestRequest {
    let boundary = boundary(seed);
    let mut body = Vec::new();
    for (name, word) in words {
        let head = format!("--{boundary}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n");
        body.extend(format!("{head}\r\n{word}\r\n").as_bytes());
    }
    if let Some((name, bytes)) = file {
        let head = "Content-Disposition: form-data; name=\"file\"; filename=";
        let head = format!("--{boundary}\r\n{head}\"{name}\"\r\nContent-Type: text/html\r\n\r\n");
        body.extend([head.as_bytes(), bytes, b"\r\n"].concat());
    }
    body.extend(format!("--{boundary}--\r\n").as_bytes());
    let media_type = format!("multipart/form-data; boundary={boundary}");
    request.insert_header(("Content-Type", media_type)).set_payload(body)
}

impl TestApp {
    /// Attaches a file.
    pub async fn attach(
        &self,
        person: &Person,
        path: &str,
        kind: &str,
        file: (&str, &[u8]),
    ) -> Reply {
        let request = self.request(person, Method::POST, &format!("{path}/attachments"));
        self.send(form(request, 1, &[("kind", kind)], Some(file))).await
    }
}

impl Browser {
    /// Sends a file by the form of the page that it shows.
    pub async fn attach(&mut self, path: &str, kind: &str, file: (&str, &[u8])) -> Reply {
        let proof = self.hidden("proof").unwrap_or_default();
        let request = self.request(Method::POST, &format!("{path}/files"));
        let request = request.insert_header(("Sec-Fetch-Site", "same-origin"));
        self.send(form(request, 1, &[("proof", &proof), ("kind", kind)], Some(file))).await
    }
}
