//! A service as it is deployed: started, struck without warning, started again.

use std::fs::File;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use reqwest::{Client, StatusCode};
use uuid::Uuid;

/// One service; every clone is the same. Whoever lets go of it last ends its process too.
#[derive(Clone)]
pub struct Program(Arc<Inner>);

struct Inner {
    binary: &'static str,
    environment: Vec<(&'static str, String)>,
    log: PathBuf,
    http: Client,
    running: Mutex<Option<Running>>,
}

struct Running {
    process: Child,
    port: u16,
}

impl Program {
    /// Not started yet. Knows nothing but this environment, and logs into this folder.
    pub fn new(binary: &'static str, folder: &str, environment: Vec<(&'static str, String)>) -> Self {
        let log = Path::new(folder).join(format!("{}.log", Uuid::new_v4()));
        Program(Arc::new(Inner { binary, environment, log, http: client(), running: Mutex::default() }))
    }

    /// Starts it, after the end of what ran before, and waits until it is ready.
    pub async fn start(&self) {
        self.end();
        // A port that was free a moment ago may be somebody's meanwhile.
        for _ in 0..5 {
            self.spawn();
            for _ in 0..2000 {
                let ready = self.0.http.get(format!("{}/readyz", self.origin())).send().await;
                if ready.is_ok_and(|answer| answer.status() == StatusCode::OK) {
                    return;
                }
                if !self.runs() {
                    break;
                }
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        }
        panic!("it is not ready: {}", self.log());
    }

    fn spawn(&self) {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let log = File::options().create(true).append(true).open(&self.0.log).unwrap();
        let process = Command::new(self.0.binary)
            .env_clear()
            .env("METRICS_ADDR", "127.0.0.1:0")
            .envs(self.0.environment.iter().map(|(name, value)| (name, value)))
            .env("LISTEN_ADDR", format!("127.0.0.1:{port}"))
            .stdin(Stdio::null())
            .stdout(log.try_clone().unwrap())
            .stderr(log)
            .spawn()
            .unwrap();
        *self.0.running.lock().unwrap() = Some(Running { process, port });
    }

    /// Where it listens now.
    pub fn port(&self) -> u16 {
        self.0.running.lock().unwrap().as_ref().unwrap().port
    }

    /// The same as an address.
    pub fn origin(&self) -> String {
        format!("http://127.0.0.1:{}", self.port())
    }

    /// Whether its process has not ended.
    pub fn runs(&self) -> bool {
        let mut running = self.0.running.lock().unwrap();
        running.as_mut().is_some_and(|running| running.process.try_wait().unwrap().is_none())
    }

    /// By which the machine knows its process.
    pub fn pid(&self) -> u32 {
        self.0.running.lock().unwrap().as_ref().unwrap().process.id()
    }

    pub fn signal(&self, signal: Signal) {
        kill(Pid::from_raw(self.pid().try_into().unwrap()), signal).unwrap();
    }

    /// Kills it, if it runs, and waits for its end.
    pub fn end(&self) {
        self.0.end();
    }

    /// Everything it has said, in all of its lives.
    pub fn log(&self) -> String {
        std::fs::read_to_string(&self.0.log).unwrap()
    }
}

impl Inner {
    fn end(&self) {
        if let Some(mut running) = self.running.lock().unwrap().take() {
            let _ = running.process.kill();
            let _ = running.process.wait();
        }
    }
}

/// A test that fails leaves no process behind either, nor anybody in the database that is to be dropped.
impl Drop for Inner {
    fn drop(&mut self) {
        self.end();
        let _ = std::fs::remove_file(&self.log);
    }
}

/// As a program of somebody else's would call us: without a proxy, going nowhere by itself.
pub fn client() -> Client {
    let _ = rustls::crypto::ring::default_provider().install_default();
    Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none()).build().unwrap()
}
