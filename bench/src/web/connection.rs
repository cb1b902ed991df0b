//! One connection that is kept: hyper without a pool around it, so that asking costs little.

use anyhow::{Context as _, Result};
use http_body_util::{BodyExt as _, Full};
use hyper::{
    Request,
    body::Bytes,
    client::conn::http1::{SendRequest, handshake},
    header::{ACCEPT_ENCODING, CONTENT_TYPE, COOKIE, HOST, SET_COOKIE},
};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

/// What Chromium takes.
const ENCODINGS: &str = "gzip, deflate, br, zstd";

/// A connection to one server.
pub struct Connection {
    address: String,
    sender: SendRequest<Full<Bytes>>,
}

/// What came back, read to its end.
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// Name and value of the first cookie that was set.
    pub cookie: Option<String>,
    /// The body; empty where there was none.
    pub body: String,
}

impl Connection {
    /// Connects to this host and port.
    pub async fn open(address: &str) -> Result<Connection> {
        let stream =
            TcpStream::connect(address).await.with_context(|| format!("{address} cannot be reached"))?;
        stream.set_nodelay(true)?;
        let (sender, driver) = handshake(TokioIo::new(stream)).await?;
        tokio::spawn(driver); // ends with the sender; what goes wrong, the sender tells
        Ok(Connection { address: address.to_owned(), sender })
    }

    /// Opens a page as a browser does, with a cookie or, where that is empty, without; answers with the status and
    /// how many bytes came.
    pub async fn get(&mut self, path: &str, cookie: &str) -> Result<(u16, usize)> {
        let mut request = Request::get(path).header(HOST, &self.address).header(ACCEPT_ENCODING, ENCODINGS);
        if !cookie.is_empty() {
            request = request.header(COOKIE, cookie);
        }
        self.sender.ready().await?;
        let response = self.sender.send_request(request.body(Full::default())?).await?;
        let status = response.status().as_u16();
        Ok((status, response.into_body().collect().await?.to_bytes().len()))
    }

    /// Reads what is for everybody.
    pub async fn read(&mut self, path: &str) -> Result<Answer> {
        let request = Request::get(path).header(HOST, &self.address).body(Full::default())?;
        self.answer(request).await
    }

    /// Posts JSON. Cookie and key are left out where they are empty.
    pub async fn post(&mut self, path: &str, cookie: &str, key: &str, body: String) -> Result<Answer> {
        let mut request =
            Request::post(path).header(HOST, &self.address).header(CONTENT_TYPE, "application/json");
        if !cookie.is_empty() {
            request = request.header(COOKIE, cookie);
        }
        if !key.is_empty() {
            request = request.header("idempotency-key", key);
        }
        self.answer(request.body(Full::from(body))?).await
    }

    async fn answer(&mut self, request: Request<Full<Bytes>>) -> Result<Answer> {
        self.sender.ready().await?;
        let response = self.sender.send_request(request).await?;
        let status = response.status().as_u16();
        let cookie = response.headers().get(SET_COOKIE).and_then(|value| value.to_str().ok());
        let cookie = cookie.and_then(|text| text.split(';').next()).map(str::to_owned);
        let body = response.into_body().collect().await?.to_bytes();
        Ok(Answer { status, cookie, body: String::from_utf8_lossy(&body).into_owned() })
    }
}
