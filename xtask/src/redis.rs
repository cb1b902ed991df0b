//! A Redis, if there is one. Nothing needs it; it makes reads faster.

use std::{
    env,
    io::{Read as _, Write as _},
    net::TcpStream,
    time::Duration,
};

use anyhow::Result;
use nix::sys::signal::Signal;

use crate::{
    child::{self, Service, Services},
    process,
    project::Project,
    step,
};

/// `REDIS_URL` if set, else a private server that keeps nothing, else none.
pub fn find_or_start(project: &Project, services: &mut Services) -> Result<Option<String>> {
    if let Ok(url) = env::var("REDIS_URL") {
        step::note("the one that REDIS_URL names");
        return Ok(Some(url));
    }
    let url = start(project, services)?;
    if url.is_none() {
        step::note("none on this machine: balances are read from Postgres");
    }
    Ok(url)
}

/// A private server on a port of its own, where `redis-server` is installed.
pub fn start(project: &Project, services: &mut Services) -> Result<Option<String>> {
    let Some(program) = process::which("redis-server").or_else(|| process::which("valkey-server")) else {
        return Ok(None);
    };
    let port = child::free_port(54320)?;
    let mut command = child::command(&program, Signal::SIGTERM);
    command.args(["--port", &port.to_string(), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]);
    command.current_dir(project.dev_subfolder("redis")?);
    let log = project.dev_subfolder("log")?.join("redis.log");
    let mut service = Service::start("Redis", command, Signal::SIGTERM, log)?;
    service.wait_until(|| answers(port))?;
    services.add(service);
    step::note(&format!("{} on 127.0.0.1:{port}, in memory only", program.display()));
    Ok(Some(format!("redis://127.0.0.1:{port}")))
}

fn answers(port: u16) -> bool {
    let ping = || -> std::io::Result<bool> {
        let mut stream = TcpStream::connect(("127.0.0.1", port))?;
        stream.set_read_timeout(Some(Duration::from_millis(500)))?;
        stream.write_all(b"PING\r\n")?;
        let mut answer = [0; 5];
        stream.read_exact(&mut answer)?;
        Ok(&answer == b"+PONG")
    };
    ping().unwrap_or(false)
}
