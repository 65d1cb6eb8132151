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

/// An archive of parts: name, what is in it, and how long its list says that is when unpacked.
pub fn archive(parts: &[(&str, &str, usize)]) -> Vec<u8> {
    let (mut bytes, mut list) = (Vec::new(), Vec::new());
    let u16 = |value: usize| u16::try_from(value).unwrap().to_le_bytes();
    let u32 = |value: usize| u32::try_from(value).unwrap().to_le_bytes();
    for (name, inside, unpacked) in parts {
        let offset = bytes.len();
        bytes.extend(b"PK\x03\x04\x14\0\0\0\0\0\0\0\0\0\0\0\0\0");
        bytes.extend([u32(inside.len()), u32(inside.len())].concat());
        bytes.extend([u16(name.len()), u16(0)].concat());
        bytes.extend([name.as_bytes(), inside.as_bytes()].concat());
        list.extend(b"PK\x01\x02\x14\0\x14\0\0\0\0\0\0\0\0\0\0\0\0\0");
        list.extend([u32(inside.len()), u32(*unpacked)].concat());
        list.extend([u16(name.len()), u16(0), u16(0), u16(0), u16(0)].concat());
        list.extend([u32(0), u32(offset)].concat());
        list.extend(name.as_bytes());
    }
    let (start, count) = (bytes.len(), u16(parts.len()));
    bytes.extend(&list);
    bytes.extend(b"PK\x05\x06\0\0\0\0");
    bytes.extend([count, count].concat());
    bytes.extend([u32(list.len()), u32(start)].concat());
    bytes.extend(u16(0));
    bytes
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
