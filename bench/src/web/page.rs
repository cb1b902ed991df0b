//! Opening a page, again and again, each by a person and a connection of their own.

use std::time::Duration;

use anyhow::Result;

use super::{Web, connection::Connection};
use crate::{
    cpu,
    load::{self, Requester, Round},
};

/// What is opened.
#[derive(Clone, Copy)]
pub struct Path {
    /// As the table says it.
    pub name: &'static str,
    /// Where it is.
    pub path: &'static str,
    /// Whether one must have signed in.
    pub is_private: bool,
}

/// A page of one server.
pub struct Page {
    /// The server, with people who have signed in.
    pub web: Web,
    /// Which page.
    pub path: Path,
    /// The server's process.
    pub pid: u32,
}

impl Page {
    /// One round, and what it cost the server.
    pub async fn round(&self, at_once: usize, time: Duration) -> Result<Round> {
        let mut visitors = Vec::new();
        for cookie in self.web.cookies.iter().take(at_once) {
            let cookie = if self.path.is_private { cookie.clone() } else { String::new() };
            let connection = Connection::open(&self.web.address).await?;
            visitors.push(Visitor { connection, cookie, path: self.path.path });
        }
        let clock = cpu::Clock::of_process(self.pid);
        let round = load::drive(visitors, time).await;
        Ok(Round { server_micros: clock.micros_each(round.answers), ..round })
    }
}

/// Somebody who opens a page once more as soon as it is there.
struct Visitor {
    connection: Connection,
    cookie: String,
    path: &'static str,
}

impl Requester for Visitor {
    async fn request(&mut self) -> Result<(), String> {
        match self.connection.get(self.path, &self.cookie).await {
            Ok((200, bytes)) if bytes > 0 => Ok(()),
            Ok((status, bytes)) => Err(format!("{status} with {bytes} bytes")),
            Err(error) => Err(format!("{error:#}")),
        }
    }
}
