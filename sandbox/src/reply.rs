//! What the sandbox returns, before it becomes bytes on a socket.

use serde_json::{Value, json};

/// A response: a status, extra headers, a body.
#[derive(Clone, Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) content_type: String,
    pub(crate) body: Vec<u8>,
}

impl Reply {
    pub(crate) fn json(status: u16, body: &Value) -> Self {
        Self::bytes(
            status,
            "application/json; charset=utf-8",
            body.to_string().into_bytes(),
        )
    }

    pub(crate) fn bytes(status: u16, content_type: &str, body: Vec<u8>) -> Self {
        Self {
            status,
            headers: Vec::new(),
            content_type: content_type.to_owned(),
            body,
        }
    }

    /// The API's one error shape.
    pub(crate) fn envelope(status: u16, message: &str) -> Self {
        Self::json(status, &json!({ "StatusCode": status, "Message": message }))
    }

    pub(crate) fn with_header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// The response with a `Date`, unless it has one.
    pub(crate) fn dated(self, date: Option<&str>) -> Self {
        match date {
            Some(date) if !self.headers.iter().any(|(name, _)| *name == "date") => {
                self.with_header("date", date)
            }
            _ => self,
        }
    }

    /// The response as the server would write it, for faults that need to write it themselves.
    pub(crate) fn head(&self, length: Option<usize>) -> String {
        let mut head = format!(
            "HTTP/1.1 {} \r\ncontent-type: {}\r\n",
            self.status, self.content_type
        );
        for (name, value) in &self.headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        match length {
            Some(length) => head.push_str(&format!("content-length: {length}\r\n\r\n")),
            None => head.push_str("transfer-encoding: chunked\r\n\r\n"),
        }
        head
    }
}

/// Why an operation was refused.
#[derive(Debug)]
pub(crate) struct Refusal {
    pub(crate) status: u16,
    pub(crate) message: String,
    /// What in the request was outside the contract; empty when the request was well formed.
    pub(crate) violations: Vec<String>,
}

impl Refusal {
    pub(crate) fn new(status: u16, message: impl Into<String>) -> Self {
        Self {
            status,
            message: message.into(),
            violations: Vec::new(),
        }
    }

    pub(crate) fn bad(message: impl Into<String>) -> Self {
        Self::new(400, message)
    }

    pub(crate) fn not_found(what: &str) -> Self {
        Self::new(404, format!("{what} not found"))
    }

    pub(crate) fn outside_contract(status: u16, violations: Vec<String>) -> Self {
        Self {
            status,
            message: violations.join("; "),
            violations,
        }
    }
}
