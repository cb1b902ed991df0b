//! Requests that are read in one way by somebody on the way and in another by us (RFC 9112, 11.2).

use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;

/// Headers after which it can be argued where a request ends.
const AMBIGUOUS: [&str; 10] = [
    "content-length: 5\r\ncontent-length: 6",
    "content-length: +5",
    "content-length: 0x5",
    "content-length: 5, 6",
    "content-length: -1",
    "transfer-encoding: chunked, identity",
    "transfer-encoding: gzip",
    "transfer-encoding : chunked",
    "content-length: 5\r\n folded: x",
    "content length: 5",
];

/// What is no request at all.
const ODD: [&str; 4] = [
    "GET / HTTP/9.9\r\n\r\n",
    "GET /\0 HTTP/1.1\r\nhost: x\r\n\r\n",
    "GET / HTTP/1.1\r\nx: a\0b\r\n\r\n",
    "\r\n\r\nnonsense\r\n\r\n",
];

/// Longer than anything takes to be answered that is.
const PATIENCE: Duration = Duration::from_secs(5);

/// Says this, and hears everything that is answered until the other side hangs up or says no more. Whoever hung up first
/// would not hear what was hidden.
pub async fn say(port: u16, text: &str) -> String {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
    stream.write_all(text.as_bytes()).await.unwrap();
    let (mut answer, mut chunk) = (Vec::new(), [0; 4096]);
    while let Ok(Ok(length @ 1..)) = timeout(PATIENCE, stream.read(&mut chunk)).await {
        answer.extend_from_slice(&chunk[..length]);
    }
    String::from_utf8_lossy(&answer).into_owned()
}

/// Posts to this path in every such way, with a request of its own in what may be the body or may come after it: there is
/// one answer, and it is a refusal.
pub async fn assert_nothing_hidden_is_heard(port: u16, path: &str, hidden: &str) {
    let begin = format!("POST {path} HTTP/1.1\r\nhost: x\r\n");
    let chunked = format!("0\r\n\r\n{hidden}");
    for headers in AMBIGUOUS {
        let answer = say(port, &format!("{begin}{headers}\r\n\r\n{chunked}")).await;
        assert!(answer.starts_with("HTTP/1.1 400"), "{headers}: {answer}");
        assert_eq!(answer.matches("HTTP/1.1").count(), 1, "{headers}: what is hidden is not heard: {answer}");
    }
    // Where both stand, the length is of no account (RFC 9112, 6.3), and nothing after it is heard on this connection.
    let both = "content-length: 5\r\ntransfer-encoding: chunked";
    let answer = say(port, &format!("{begin}{both}\r\n\r\n{chunked}")).await;
    assert!(answer.starts_with("HTTP/1.1 4"), "{answer}");
    assert_eq!(answer.matches("HTTP/1.1 ").count(), 1, "{answer}");
    for odd in ODD {
        let answer = say(port, odd).await;
        assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 400"), "{odd:?}: {answer}");
    }
}
