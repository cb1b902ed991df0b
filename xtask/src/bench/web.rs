//! A web server to measure, as it is deployed, but with throttles that let a benchmark through.

use std::{
    io::{Read as _, Write as _},
    net::TcpStream,
    path::Path,
    process::Command,
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, bail};
use nix::sys::signal::Signal;

use crate::{
    child::{self, Service, Services},
    postgres::Urls,
    process,
    project::Project,
};

/// Between two looks at a server that begins.
const LOOK: Duration = Duration::from_millis(1);
/// How long one may take to begin.
const PATIENCE: Duration = Duration::from_secs(30);

/// A web server that runs.
pub struct Web {
    /// Where it listens on this machine.
    pub port: u16,
    /// Its process.
    pub pid: u32,
    /// From its start to its first answer: a whole page, the sign-in page.
    pub first_answer: Duration,
}

impl Web {
    /// Its address.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }
}

/// Brings the schema up to date and serves, with this Redis or with none.
pub fn start(
    project: &Project,
    okane: &Path,
    urls: &Urls,
    redis: Option<&str>,
    services: &mut Services,
) -> Result<Web> {
    let mut migrate = Command::new(okane);
    process::run(migrate.arg("migrate").env("DATABASE_URL", &urls.owner)).context("migrating")?;

    let port = child::free_port(3400)?;
    let url = format!("http://127.0.0.1:{port}");
    let mut command = child::command(okane, Signal::SIGTERM);
    command.arg("serve").current_dir(&project.root).env_remove("REDIS_URL");
    command.envs(redis.map(|redis| ("REDIS_URL", redis)));
    command.env("DATABASE_URL", &urls.web).env("PUBLIC_ORIGIN", &url);
    command.env("LISTEN_ADDR", format!("127.0.0.1:{port}")).env("RATE_LIMIT_SCALE", "1000000");
    command.env("METRICS_ADDR", "127.0.0.1:0").env("DEV_INBOX", "1");
    command.env("SESSION_SECRET", "codes that nobody but a benchmark is sent");
    let log = project.dev_subfolder("log")?.join(format!("bench-okane-{port}.log"));
    let begun = Instant::now();
    let mut service = Service::start("okane", command, Signal::SIGTERM, log)?;
    while !answers(port) {
        if let Some(end) = service.ended()? {
            bail!("{end}");
        }
        if begun.elapsed() > PATIENCE {
            bail!("the web server does not answer");
        }
        thread::sleep(LOOK);
    }
    let first_answer = begun.elapsed();
    let pid = service.pid();
    services.add(service);
    Ok(Web { port, pid, first_answer })
}

fn answers(port: u16) -> bool {
    let ask = || -> std::io::Result<bool> {
        let mut stream = TcpStream::connect(("127.0.0.1", port))?;
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.write_all(b"GET /sign-in HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\n\r\n")?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        Ok(answer.starts_with("HTTP/1.1 200"))
    };
    ask().unwrap_or(false)
}
