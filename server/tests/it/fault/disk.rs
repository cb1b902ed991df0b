//! The disk is full: first the one with the tables, then the one with Postgres' own log.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use reqwest::StatusCode;
use uuid::Uuid;

use super::cluster::{Account, Cluster, Places};
use super::crowd::{Crowd, UNHINDERED};
use super::ring::{Ring, until};

/// A small disk of its own, which is in memory. Gone with the test.
struct Disk {
    folder: PathBuf,
}

impl Disk {
    /// None where we may not mount: then there is no disk here that may be filled.
    fn make(megabytes: u32) -> Option<Self> {
        let folder = Path::new("/var/tmp").join(format!("okane-disk-{}", Uuid::new_v4()));
        std::fs::create_dir(&folder).unwrap();
        let size = format!("size={megabytes}m,mode=0777");
        if !as_root(&["mount", "-t", "tmpfs", "-o", &size, "okane-disk"], &folder) {
            eprintln!("left out: nothing may be mounted here, not even by `sudo -n`");
            std::fs::remove_dir(&folder).unwrap();
            return None;
        }
        let disk = Disk { folder };
        Account::find().makes(&disk.place());
        Some(disk)
    }

    /// Where a cluster can write.
    fn place(&self) -> PathBuf {
        self.folder.join("postgres")
    }

    fn ballast(&self) -> PathBuf {
        self.folder.join("ballast")
    }

    /// Leaves nothing free.
    fn fill(&self) {
        let mut ballast = std::fs::File::create(self.ballast()).unwrap();
        while ballast.write_all(&[0; 4096]).is_ok() {}
    }

    fn free(&self) {
        std::fs::remove_file(self.ballast()).unwrap();
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        as_root(&["umount", "--lazy"], &self.folder);
        let _ = std::fs::remove_dir(&self.folder);
    }
}

fn as_root(command: &[&str], folder: &Path) -> bool {
    let run = |command: &[&str]| {
        Command::new(command[0])
            .args(&command[1..])
            .arg(folder)
            .output()
            .is_ok_and(|ran| ran.status.success())
    };
    run(command) || run(&[&["sudo", "-n"], command].concat())
}

/// Reads go on and say what they said before.
async fn reads(ring: &Ring, crowd: &Arc<Crowd>) {
    for path in ["/api/v1/balance", "/api/v1/activity"] {
        let answer = crowd.people[0].get(&ring.world, path).await;
        assert_eq!(answer.status(), StatusCode::OK, "{path}");
    }
    assert_eq!(ring.world.get("/readyz").send().await.unwrap().status(), StatusCode::OK);
}

#[tokio::test]
async fn while_the_tables_disk_is_full_payments_are_refused_and_reads_go_on_and_then_everything_does() {
    let Some(disk) = Disk::make(64) else { return };
    let place = disk.place();
    let cluster = Cluster::begin(Places { tables: Some(&place), ..Places::default() }).await;
    let ring = Ring::around(&cluster.owner, &[UNHINDERED]).await;
    let crowd = Crowd::before(&ring.world).await;
    let workers = crowd.begin(8);
    until("some have paid", async || crowd.made() >= 100).await;
    disk.fill();
    until("payments are refused", async || crowd.refused() >= 20).await;
    reads(&ring, &crowd).await;
    disk.free();
    let made = crowd.made();
    until("everybody pays again", async || crowd.made() >= made + 100).await;
    crowd.end(workers, &cluster.owner).await;
}

#[tokio::test]
async fn a_postgres_that_could_not_write_its_log_for_want_of_disk_has_lost_nothing_acknowledged() {
    let Some(disk) = Disk::make(96) else { return };
    let place = disk.place();
    let cluster = Cluster::begin(Places { log: Some(&place), ..Places::default() }).await;
    let ring = Ring::around(&cluster.owner, &[UNHINDERED]).await;
    let crowd = Crowd::before(&ring.world).await;
    let workers = crowd.begin(8);
    until("some have paid", async || crowd.made() >= 100).await;
    disk.fill();
    until("Postgres gives up", async || !cluster.runs() || cluster.said("PANIC")).await;
    let refused = crowd.refused();
    until("people are told to come again", async || crowd.refused() >= refused + 20).await;
    assert_eq!(ring.world.get("/healthz").send().await.unwrap().status(), StatusCode::OK);
    disk.free();
    cluster.start().await;
    let made = crowd.made();
    until("everybody pays again", async || crowd.made() >= made + 100).await;
    crowd.end(workers, &cluster.owner).await;
}
