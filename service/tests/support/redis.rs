//! The Redis of the tests, and one that a test has for itself, to do it harm.

use std::net::{TcpListener, ToSocketAddrs as _};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use reqwest::Url;

use super::door::Door;
use super::watch::Watch;

/// A door before it, and the address that leads there.
pub async fn door(watch: &Watch) -> (Door, String) {
    let url = std::env::var("REDIS_URL").unwrap_or_else(|_| "redis://127.0.0.1:63799".to_owned());
    let mut url: Url = url.parse().unwrap();
    let place = (url.host_str().unwrap(), url.port().unwrap_or(6379));
    let behind = place.to_socket_addrs().unwrap().next().unwrap();
    let door = Door::before("Redis", behind, Some(watch)).await;
    url.set_host(Some("127.0.0.1")).unwrap();
    url.set_port(Some(door.port)).unwrap();
    (door, url.into())
}

/// A Redis of one's own. Ends with the test.
pub struct Redis {
    process: Mutex<Child>,
    pub port: u16,
    tls: Option<Tls>,
}

/// Where the certificate that a Redis shows stands, its key, and the root that both are of (PEM).
pub struct Tls {
    pub certificate: PathBuf,
    pub key: PathBuf,
    pub root: PathBuf,
}

impl Redis {
    pub async fn start() -> Self {
        Redis::begin(None).await
    }

    /// One that is reached by TLS and by nothing else.
    pub async fn behind(tls: Tls) -> Self {
        Redis::begin(Some(tls)).await
    }

    async fn begin(tls: Option<Tls>) -> Self {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let redis = Redis { process: Mutex::new(serve(port, tls.as_ref())), port, tls };
        redis.answers().await;
        redis
    }

    /// Starts it anew at the same address, after its end.
    pub async fn revive(&self) {
        self.end();
        *self.process.lock().unwrap() = serve(self.port, self.tls.as_ref());
        self.answers().await;
    }

    /// Says something to it, around whoever uses it, and tells what it answers.
    pub fn say(&self, words: &[&str]) -> String {
        let port = self.port.to_string();
        let mut command = Command::new("redis-cli");
        command.args(["-p", &port]);
        if let Some(tls) = &self.tls {
            command.arg("--tls").arg("--cacert").arg(&tls.root);
        }
        let output = command.args(words).output().expect("redis-cli");
        String::from_utf8_lossy(&output.stdout).trim().to_owned()
    }

    pub fn signal(&self, signal: Signal) {
        kill(Pid::from_raw(self.process.lock().unwrap().id().try_into().unwrap()), signal).unwrap();
    }

    /// Kills it, if it runs, and waits for its end.
    pub fn end(&self) {
        let mut process = self.process.lock().unwrap();
        let _ = process.kill();
        let _ = process.wait();
    }

    async fn answers(&self) {
        let begun = Instant::now();
        while self.say(&["PING"]) != "PONG" {
            assert!(begun.elapsed() < Duration::from_secs(10), "no Redis");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }
}

fn serve(port: u16, tls: Option<&Tls>) -> Child {
    let mut command = Command::new("redis-server");
    command.args(["--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]);
    let port = port.to_string();
    if let Some(Tls { certificate, key, root }) = tls {
        command.args(["--port", "0", "--tls-port", &port, "--tls-auth-clients", "no"]);
        command.arg("--tls-cert-file").arg(certificate).arg("--tls-key-file").arg(key);
        command.arg("--tls-ca-cert-file").arg(root);
    } else {
        command.args(["--port", &port]);
    }
    command.stdout(Stdio::null()).spawn().expect("redis-server")
}

impl Drop for Redis {
    fn drop(&mut self) {
        self.end();
    }
}
