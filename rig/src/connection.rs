//! One keep-alive HTTP/1.1 connection with one request under way.
//!
//! No HTTP client: on two cores, what the loader burns the server does not get.

use std::{net::SocketAddr, str};

use anyhow::{Context, Result, bail};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

/// More headers than the server sends.
const MAX_HEADERS: usize = 32;

/// An open connection.
#[derive(Debug)]
pub struct Connection {
    stream: TcpStream,
    received: Vec<u8>,
}

/// An answer; its body lies in the connection until the next request.
#[derive(Debug, Clone, Copy)]
pub struct Reply<'a> {
    /// The status.
    pub status: u16,
    /// `Retry-After`, in seconds.
    pub retry_after_s: Option<u64>,
    /// Whether the server closes the connection after it.
    pub is_last: bool,
    /// The whole body.
    pub body: &'a [u8],
}

/// Where an answer's parts are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Head {
    status: u16,
    retry_after_s: Option<u64>,
    is_last: bool,
    body_at: usize,
    body_bytes: usize,
}

impl Connection {
    /// Connects.
    pub async fn open(address: SocketAddr) -> Result<Self> {
        let stream = TcpStream::connect(address).await.with_context(|| address.to_string())?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, received: Vec::with_capacity(16 << 10) })
    }

    /// Sends a whole request and waits for the whole answer.
    pub async fn exchange(&mut self, request: &[u8]) -> Result<Reply<'_>> {
        self.send(request).await?;
        self.answer().await
    }

    /// Sends a request or a part of one.
    pub async fn send(&mut self, part: &[u8]) -> Result<()> {
        self.stream.write_all(part).await?;
        self.received.clear();
        Ok(())
    }

    /// Bytes of the answer that have arrived so far.
    pub const fn received_bytes(&self) -> usize {
        self.received.len()
    }

    /// Waits for the whole answer to what was sent.
    pub async fn answer(&mut self) -> Result<Reply<'_>> {
        let head = loop {
            self.receive().await?;
            if let Some(head) = head(&self.received)? {
                break head;
            }
        };
        let end = head.body_at + head.body_bytes;
        while self.received.len() < end {
            self.receive().await?;
        }
        let Head { status, retry_after_s, is_last, body_at, .. } = head;
        Ok(Reply { status, retry_after_s, is_last, body: &self.received[body_at..end] })
    }

    async fn receive(&mut self) -> Result<()> {
        if self.stream.read_buf(&mut self.received).await? == 0 {
            bail!("the server closed the connection");
        }
        Ok(())
    }
}

/// The head of an answer, when all of it has arrived.
fn head(received: &[u8]) -> Result<Option<Head>> {
    let mut headers = [httparse::EMPTY_HEADER; MAX_HEADERS];
    let mut response = httparse::Response::new(&mut headers);
    let httparse::Status::Complete(body_at) = response.parse(received)? else { return Ok(None) };
    let status = response.code.context("an answer without a status")?;
    let value = |name: &str| {
        let header = response.headers.iter().find(|header| header.name.eq_ignore_ascii_case(name));
        header.map(|header| str::from_utf8(header.value)).transpose()
    };
    let body_bytes = match value("content-length")? {
        Some(length) => length.parse().context("Content-Length")?,
        // It has no body (RFC 9110, 15.3.5).
        None if status == 204 => 0,
        None => bail!("an answer without Content-Length"),
    };
    let retry_after_s = value("retry-after")?.map(str::parse).transpose().context("Retry-After")?;
    let is_last = value("connection")?.is_some_and(|value| value.eq_ignore_ascii_case("close"));
    Ok(Some(Head { status, retry_after_s, is_last, body_at, body_bytes }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_taken_apart_once_its_head_is_whole() {
        let answer = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}";
        assert_eq!(head(&answer[..20]).unwrap(), None);
        let whole = Head {
            status: 200,
            retry_after_s: None,
            is_last: false,
            body_at: answer.len() - 2,
            body_bytes: 2,
        };
        assert_eq!(head(answer).unwrap(), Some(whole));
    }

    #[test]
    fn a_refusal_tells_when_to_try_again_and_whether_on_the_same_connection() {
        let answer = b"HTTP/1.1 503 Service Unavailable\r\nretry-after: 5\r\nconnection: close\r\n\
            content-length: 0\r\n\r\n";
        let head = head(answer).unwrap().unwrap();
        assert_eq!((head.status, head.retry_after_s, head.is_last), (503, Some(5), true));
    }

    #[test]
    fn an_answer_without_content_has_no_length() {
        let answer = b"HTTP/1.1 204 No Content\r\ndate: now\r\n\r\n";
        assert_eq!(head(answer).unwrap().unwrap().body_bytes, 0);
    }

    #[test]
    fn an_answer_of_unknown_length_is_refused() {
        assert!(head(b"HTTP/1.1 200 OK\r\n\r\n").is_err());
    }
}
