//! Programs that run beside us until we stop them, in the order we choose.

use std::{
    fs,
    os::unix::process::CommandExt as _,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, bail};
use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};

use crate::{process, step};

/// How long a program may take to end before it is killed.
const GRACE: Duration = Duration::from_secs(15);
/// How long a program may take to begin.
const BEGINNING: Duration = Duration::from_secs(60);

/// A running program.
pub struct Service {
    name: &'static str,
    child: Child,
    stop_by: Signal,
    log: PathBuf,
}

/// A command for a program that must not outlive us, even if we are killed.
pub fn command(program: &Path, stop_by: Signal) -> Command {
    match process::which("setpriv") {
        None => Command::new(program),
        Some(setpriv) => {
            let mut command = Command::new(setpriv);
            command.args(["--pdeathsig", stop_by.as_str().trim_start_matches("SIG"), "--"]).arg(program);
            command
        }
    }
}

impl Service {
    /// Starts it. A process group of its own keeps the terminal's Ctrl-C from it: we stop it when it is its turn.
    pub fn start(name: &'static str, mut command: Command, stop_by: Signal, log: PathBuf) -> Result<Service> {
        let output = fs::File::create(&log).with_context(|| format!("cannot write {}", log.display()))?;
        command.stdin(Stdio::null()).stdout(output.try_clone()?).stderr(output).process_group(0);
        let child = command.spawn().with_context(|| format!("cannot start {name}"))?;
        Ok(Service { name, child, stop_by, log })
    }

    /// Waits until `ready` says so; fails with its last words if it ends before.
    pub fn wait_until(&mut self, ready: impl Fn() -> bool) -> Result<()> {
        let begun = Instant::now();
        while !ready() {
            if let Some(end) = self.ended()? {
                bail!("{end}");
            }
            if process::interrupted() {
                bail!("interrupted");
            }
            if begun.elapsed() > BEGINNING {
                bail!("{} is not ready after a minute:\n{}", self.name, self.last_words());
            }
            thread::sleep(Duration::from_millis(30));
        }
        Ok(())
    }

    /// Its process.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// If it ended by itself: a sentence that says so, and its last words.
    pub fn ended(&mut self) -> Result<Option<String>> {
        let status = self.child.try_wait()?;
        Ok(status
            .map(|status| format!("{} ended by itself with {status}:\n{}", self.name, self.last_words())))
    }

    fn last_words(&self) -> String {
        let text = fs::read_to_string(&self.log).unwrap_or_default();
        let lines: Vec<_> = text.lines().collect();
        format!("{}\n(from {})", lines[lines.len().saturating_sub(15)..].join("\n"), self.log.display())
    }

    fn stop(&mut self) -> Result<()> {
        if self.child.try_wait()?.is_some() {
            return Ok(());
        }
        kill(Pid::from_raw(self.child.id().try_into()?), self.stop_by)?;
        let begun = Instant::now();
        while self.child.try_wait()?.is_none() {
            if begun.elapsed() > GRACE {
                step::note(&format!("{} did not stop and is killed", self.name));
                self.child.kill()?;
                self.child.wait()?;
            }
            thread::sleep(Duration::from_millis(20));
        }
        Ok(())
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        match self.stop() {
            Ok(()) => step::note(&format!("{} stopped", self.name)),
            Err(error) => step::note(&format!("{} could not be stopped: {error:#}", self.name)),
        }
    }
}

/// Programs in the order they were started; stopped in the opposite one.
#[derive(Default)]
pub struct Services(Vec<Service>);

impl Services {
    /// One more.
    pub fn add(&mut self, service: Service) {
        self.0.push(service);
    }

    /// The first that ended by itself, as a sentence.
    pub fn ended(&mut self) -> Result<Option<String>> {
        for service in &mut self.0 {
            if let Some(end) = service.ended()? {
                return Ok(Some(end));
            }
        }
        Ok(None)
    }
}

impl Drop for Services {
    fn drop(&mut self) {
        while let Some(service) = self.0.pop() {
            drop(service);
        }
    }
}

/// This port if nobody has it, else one that nobody has.
pub fn free_port(preferred: u16) -> Result<u16> {
    let listener = std::net::TcpListener::bind(("127.0.0.1", preferred))
        .or_else(|_| std::net::TcpListener::bind(("127.0.0.1", 0)))
        .context("no port is free on 127.0.0.1")?;
    Ok(listener.local_addr()?.port())
}
