//! A new migration is a reason to build this crate again: `sqlx::migrate!` names only the files that it has read.

fn main() {
    println!("cargo:rerun-if-changed=../migrations");
}
