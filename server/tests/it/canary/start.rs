//! What the program says of its settings, which are full of secrets.

use super::DATABASE;

#[test]
fn a_database_that_cannot_be_reached_is_told_of_without_its_password() {
    let okane = env!("CARGO_BIN_EXE_okane");
    let mut missing: reqwest::Url = std::env::var("DATABASE_URL").unwrap().parse().unwrap();
    missing.set_password(Some(DATABASE)).unwrap();
    missing.set_path("/canary_none");
    for address in [
        missing.to_string(),
        format!("postgres://okane_web:{DATABASE}@127.0.0.1:port/none"),
        format!("mysql://okane_web:{DATABASE}@127.0.0.1:1/none"),
        format!("postgres://okane_web:{DATABASE}@127.0.0.1:1/none?sslmode={DATABASE}"),
    ] {
        for command in ["migrate", "audit"] {
            let output = std::process::Command::new(okane)
                .arg(command)
                .env_clear()
                .env("DATABASE_URL", &address)
                .env("RUST_LOG", "debug")
                .output()
                .unwrap();
            assert!(!output.status.success(), "{command}");
            let said =
                [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
            assert!(!said.concat().contains(DATABASE), "{said:?}");
        }
    }
}

#[test]
fn help_shows_no_value_that_is_secret() {
    for arguments in [&["--help"][..], &["serve", "--help"], &["migrate", "--help"], &["warm", "--help"]] {
        let output = std::process::Command::new(env!("CARGO_BIN_EXE_okane"))
            .args(arguments)
            .env_clear()
            .envs([("DATABASE_URL", "postgres://canary"), ("REDIS_URL", "redis://canary")])
            .output()
            .unwrap();
        let help = String::from_utf8(output.stdout).unwrap();
        assert!(help.contains("Usage") && !help.contains("canary"), "{help}");
    }
}
