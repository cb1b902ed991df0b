//! Where secrets are looked for, and how.

use sqlx::{AssertSqlSafe, PgPool};

/// A place, and all that stands there.
pub struct Place<'a> {
    name: &'static str,
    text: &'a str,
}

impl<'a> Place<'a> {
    pub fn new(name: &'static str, text: &'a str) -> Self {
        Place { name, text }
    }

    /// Where these stand here, each with its first line.
    pub fn finds(&self, secrets: &[impl AsRef<str>]) -> Vec<String> {
        let found = secrets.iter().map(AsRef::as_ref).filter_map(|secret| {
            assert!(!secret.is_empty());
            let line = self.text.lines().find(|line| stands_in(secret, line))?;
            let at = line.find(secret)?;
            let around: String =
                line.get(at.saturating_sub(100)..).unwrap_or(line).chars().take(250).collect();
            Some(format!("{secret} stands in {}: …{around}…", self.name))
        });
        found.collect()
    }
}

/// Six digits are a code where they stand by themselves: fractions of a second, hashes and ids are full of them.
fn stands_in(secret: &str, line: &str) -> bool {
    if secret.len() != 6 || !secret.bytes().all(|byte| byte.is_ascii_digit()) {
        return line.contains(secret);
    }
    let is_of_more = |byte: Option<&u8>| byte.is_some_and(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    line.match_indices(secret).any(|(at, _)| {
        let (before, after) = (&line.as_bytes()[..at], &line.as_bytes()[at + secret.len()..]);
        !is_of_more(before.last()) && before.last() != Some(&b'.') && !is_of_more(after.first())
    })
}

pub async fn everything_in_postgres(owner: &PgPool) -> String {
    let tables: Vec<String> =
        sqlx::query_scalar("SELECT tablename::text FROM pg_tables WHERE schemaname = 'public'")
            .fetch_all(owner)
            .await
            .unwrap();
    let mut found = String::new();
    for table in tables {
        let rows = format!("SELECT coalesce(string_agg(t::text, E'\\n'), '') FROM {table} t");
        let rows: String = sqlx::query_scalar(AssertSqlSafe(rows)).fetch_one(owner).await.unwrap();
        found.push_str(&rows);
        found.push('\n');
    }
    found
}

#[test]
fn a_code_is_found_where_it_stands_by_itself_and_anything_else_anywhere() {
    for line in ["code=738416&next=", "\"738416\"", "is 738416.", "%3D738416", "738416", "(738416,x)"] {
        assert!(stands_in("738416", line), "{line}");
    }
    for line in ["12:00:01.738416Z", "a7384161", "d738416e-1", "17384165"] {
        assert!(!stands_in("738416", line), "{line}");
    }
    assert!(stands_in("canary-1", "xcanary-12"));
}
