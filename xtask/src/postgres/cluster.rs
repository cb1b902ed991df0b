//! One private cluster: its folder, its user, its start.

use std::{
    fs,
    io::Write as _,
    os::unix::{
        fs::{MetadataExt as _, chown},
        process::CommandExt as _,
    },
    path::{Path, PathBuf},
    process::{Command, Stdio},
    thread,
    time::Duration,
};

use anyhow::{Context as _, Result, bail};
use nix::{
    sys::signal::{Signal, kill},
    unistd::{Pid, User, geteuid},
};

use super::{Binaries, DATABASE, Kind, MIGRATED, role_statements};
use crate::{
    child::{self, Service, Services},
    files,
    project::Project,
    secrets::Values,
};

/// A cluster that can be started.
pub struct Cluster {
    /// What runs it.
    pub binaries: Binaries,
    /// Where it is.
    pub folder: PathBuf,
    kind: Kind,
    user: Option<User>,
    migrations: PathBuf,
}

impl Cluster {
    /// The cluster of this kind, with the binaries that wrote it, if it has been written.
    pub fn find(project: &Project, kind: Kind) -> Result<Cluster> {
        let user = if geteuid().is_root() { Some(unprivileged_user()?) } else { None };
        let home = home(project, user.is_some())?;
        let folder = home.join(kind.folder());
        let written: Option<u32> = match (kind, fs::read_to_string(folder.join("PG_VERSION"))) {
            (Kind::Kept, Ok(version)) => version.trim().parse().ok(),
            _ => None,
        };
        let binaries = match Binaries::of_system(written) {
            Some(binaries) => binaries,
            None => Binaries::embedded(&home.join("embedded-postgres"))?,
        };
        if let Some(written) = written.filter(|version| *version != binaries.version) {
            let found = binaries.version;
            bail!(
                "{} was written by Postgres {written}, but only {found} is here: install {written}, or remove that folder and begin anew",
                folder.display()
            );
        }
        Ok(Cluster { binaries, folder, kind, user, migrations: project.root.join("migrations") })
    }

    /// Starts it and returns its port.
    pub fn start(&self, secrets: &Values, services: &mut Services) -> Result<u16> {
        self.stop_forgotten()?;
        if self.kind != Kind::Kept {
            files::remove_folder(&self.folder)?;
        }
        if !self.folder.join("PG_VERSION").exists() {
            self.make()?;
        }
        let mut statements = role_statements(secrets);
        statements.push(format!("ALTER ROLE postgres PASSWORD '{}'", secrets["OWNER_PASSWORD"]));
        self.tell("postgres", &statements)?;

        let port = child::free_port(self.kind.port())?;
        let mut command =
            self.run_as_user(child::command(&self.binaries.folder.join("postgres"), Signal::SIGINT));
        command.arg("-D").arg(&self.folder).args(["-p", &port.to_string()]);
        for setting in self.kind.settings() {
            command.args(["-c", setting]);
        }
        let log = self.folder.with_extension("log");
        let mut service = Service::start("Postgres", command, Signal::SIGINT, log)?;
        // The eighth line of its own note is what pg_ctl waits for too.
        let pid_file = self.folder.join("postmaster.pid");
        service.wait_until(|| {
            fs::read_to_string(&pid_file)
                .is_ok_and(|text| text.lines().nth(7).is_some_and(|line| line.trim() == "ready"))
        })?;
        services.add(service);
        Ok(port)
    }

    /// Written beside its place and moved there when whole: an interrupted first start leaves nothing half done.
    fn make(&self) -> Result<()> {
        let draft = Cluster {
            binaries: Binaries { folder: self.binaries.folder.clone(), version: self.binaries.version },
            folder: self.folder.with_extension("new"),
            kind: self.kind,
            user: self.user.clone(),
            migrations: self.migrations.clone(),
        };
        files::remove_folder(&draft.folder)?;
        files::private_folder(&draft.folder)?;
        if let Some(user) = &self.user {
            chown(&draft.folder, Some(user.uid.as_raw()), Some(user.gid.as_raw()))?;
        }
        let locale = if cfg!(target_os = "macos") { "en_US.UTF-8" } else { "C.UTF-8" };
        let mut initdb = self.run_as_user(Command::new(self.binaries.folder.join("initdb")));
        initdb
            .arg("-D")
            .arg(&draft.folder)
            .args(["-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale", locale]);
        crate::process::capture(initdb.args(["--no-instructions", "--no-sync"]))?;
        let method = self.kind.method();
        fs::write(draft.folder.join("pg_hba.conf"), format!("host all all 127.0.0.1/32 {method}\n"))?;
        draft.tell("postgres", &[format!("CREATE DATABASE {DATABASE}")])?;
        if self.kind == Kind::ThrownAway {
            draft.tell("postgres", &[format!("CREATE DATABASE {MIGRATED}")])?;
            draft.tell(MIGRATED, &self.migration_texts()?)?;
        }
        fs::rename(&draft.folder, &self.folder).context("cannot put the new cluster in its place")
    }

    fn migration_texts(&self) -> Result<Vec<String>> {
        let files =
            fs::read_dir(&self.migrations)?.map(|file| Ok(file?.path())).collect::<Result<Vec<_>>>()?;
        let mut files: Vec<_> =
            files.into_iter().filter(|path| path.extension().is_some_and(|end| end == "sql")).collect();
        files.sort();
        files.iter().map(|path| Ok(fs::read_to_string(path)?)).collect()
    }

    /// Runs statements in single-user mode: nobody else is connected, and none needs a password.
    fn tell(&self, database: &str, statements: &[String]) -> Result<()> {
        let mut command = self.run_as_user(Command::new(self.binaries.folder.join("postgres")));
        command.args(["--single", "-j", "-D"]).arg(&self.folder).arg(database);
        command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped());
        let mut child = command.spawn().context("cannot run postgres --single")?;
        let mut input = child.stdin.take().context("no input")?;
        for statement in statements {
            // With -j a statement ends at a semicolon and an empty line, wherever that stands.
            let lines: Vec<_> = statement.lines().filter(|line| !line.trim().is_empty()).collect();
            writeln!(input, "{}\n;\n", lines.join("\n"))?;
        }
        drop(input);
        let output = child.wait_with_output()?;
        let words = String::from_utf8_lossy(&output.stderr);
        if !output.status.success() || words.contains("ERROR:") || words.contains("FATAL:") {
            bail!("postgres --single refused:\n{words}");
        }
        Ok(())
    }

    /// Stops a server of this very folder whose starter was killed before it could.
    fn stop_forgotten(&self) -> Result<()> {
        let Ok(text) = fs::read_to_string(self.folder.join("postmaster.pid")) else { return Ok(()) };
        let Some(pid) = text.lines().next().and_then(|line| line.trim().parse().ok()) else { return Ok(()) };
        let ours = fs::read_to_string(format!("/proc/{pid}/cmdline"))
            .is_ok_and(|line| line.contains(&*self.folder.to_string_lossy()));
        for round in 0..200 {
            if !ours || kill(Pid::from_raw(pid), (round == 0).then_some(Signal::SIGINT)).is_err() {
                return Ok(());
            }
            thread::sleep(Duration::from_millis(50));
        }
        bail!("an earlier Postgres, process {pid}, does not stop")
    }

    fn run_as_user(&self, mut command: Command) -> Command {
        if let Some(user) = &self.user {
            command.uid(user.uid.as_raw()).gid(user.gid.as_raw());
        }
        command.current_dir("/"); // a folder that whoever runs it can enter
        command
    }
}

/// Postgres refuses to run as root.
fn unprivileged_user() -> Result<User> {
    for name in ["postgres", "nobody"] {
        if let Some(user) = User::from_name(name)? {
            return Ok(user);
        }
    }
    bail!("Postgres does not run as root, and there is neither a user `postgres` nor `nobody` to run it as")
}

/// `.dev`, or where another user can reach it when root's own folders are closed to everyone else.
fn home(project: &Project, other_user: bool) -> Result<PathBuf> {
    if !other_user {
        return project.dev_folder();
    }
    let name = format!("okane-dev-{}", files::fingerprint(project.root.as_os_str().as_encoded_bytes()));
    let folder = Path::new("/var/tmp").join(name);
    fs::create_dir_all(&folder)?;
    if fs::symlink_metadata(&folder)?.uid() != 0 {
        bail!("{} belongs to somebody else: remove it", folder.display());
    }
    Ok(folder)
}
