//! Running other programs to their end: found or not, heard or silent, failed with their own words.

use std::{
    env, fs,
    io::{BufRead as _, BufReader},
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::atomic::{AtomicBool, AtomicI32, Ordering},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, bail};
use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};

use crate::step;

/// How long a program may say nothing before we say that it still works.
const PATIENCE: Duration = Duration::from_secs(20);

/// Somebody pressed Ctrl-C or asked us to end.
static INTERRUPTED: AtomicBool = AtomicBool::new(false);
/// The program that we wait for just now; 0 where there is none.
static IN_FRONT: AtomicI32 = AtomicI32::new(0);

/// From here on Ctrl-C and SIGTERM end the step at hand instead of us, so that we can tidy up.
pub fn catch_interrupts() -> Result<()> {
    ctrlc::set_handler(|| {
        INTERRUPTED.store(true, Ordering::SeqCst);
        match IN_FRONT.load(Ordering::SeqCst) {
            0 => {}
            pid => drop(kill(Pid::from_raw(pid), Signal::SIGTERM)),
        }
    })
    .context("cannot listen for Ctrl-C")
}

/// Whether somebody asked us to end.
pub fn interrupted() -> bool {
    INTERRUPTED.load(Ordering::SeqCst)
}

fn start(command: &mut Command) -> Result<Child> {
    if interrupted() {
        bail!("interrupted");
    }
    let name = command.get_program().to_string_lossy().into_owned();
    let child = command.stdin(Stdio::null()).spawn().with_context(|| format!("cannot run {name}"))?;
    IN_FRONT.store(child.id().try_into()?, Ordering::SeqCst);
    Ok(child)
}

/// Closes what the shell left open for us. A server that lives on with a lock or a pipe of the
/// shell's in its hands keeps that shell's other commands waiting.
pub fn close_inherited_files() {
    let Ok(open) = fs::read_dir("/dev/fd") else { return };
    let numbers = open.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse::<i32>().ok());
    // Collected first: the listing itself is an open file, closed when the loop begins.
    for number in numbers.collect::<Vec<_>>() {
        if number > 2 {
            let _ = nix::unistd::close(number);
        }
    }
}

/// Finds a program on PATH.
pub fn which(name: &str) -> Option<PathBuf> {
    env::split_paths(&env::var_os("PATH")?).map(|folder| folder.join(name)).find(|path| is_program(path))
}

/// Whether this file can be run.
pub fn is_program(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|file| file.is_file() && file.permissions().mode() & 0o111 != 0)
}

/// Runs to the end; what it prints goes where ours goes.
pub fn run(command: &mut Command) -> Result<()> {
    let mut child = start(command)?;
    let (begun, mut told) = (Instant::now(), Instant::now());
    let status = loop {
        if let Some(status) = child.try_wait()? {
            break status;
        }
        if told.elapsed() >= PATIENCE {
            step::note(&format!("… {} so far", step::readable(begun.elapsed())));
            told = Instant::now();
        }
        thread::sleep(Duration::from_millis(30));
    };
    IN_FRONT.store(0, Ordering::SeqCst);
    match (status.success(), interrupted()) {
        (_, true) => bail!("interrupted"),
        (true, _) => Ok(()),
        _ => bail!("{} ended with {status}", command.get_program().to_string_lossy()),
    }
}

/// Runs to the end in silence and returns what it printed; on failure that is the error.
pub fn capture(command: &mut Command) -> Result<String> {
    let name = command.get_program().to_string_lossy().into_owned();
    let output = command.stdin(Stdio::null()).output().with_context(|| format!("cannot run {name}"))?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    if !output.status.success() {
        bail!("{name} ended with {}\n{text}{}", output.status, String::from_utf8_lossy(&output.stderr));
    }
    Ok(text)
}

/// Runs to the end, prints what it prints, hands each line on as well, and returns whether it succeeded.
pub fn tee(command: &mut Command, mut line: impl FnMut(&str)) -> Result<bool> {
    let mut child = start(command.stdout(Stdio::piped()))?;
    let output = child.stdout.take().context("no output")?;
    for text in BufReader::new(output).split(b'\n') {
        let text = text?;
        let text = String::from_utf8_lossy(&text);
        println!("{text}");
        line(&text);
    }
    let status = child.wait()?;
    IN_FRONT.store(0, Ordering::SeqCst);
    if interrupted() { bail!("interrupted") } else { Ok(status.success()) }
}
