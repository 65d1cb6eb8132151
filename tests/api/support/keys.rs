//! Programs that present a key.

use super::{Person, TestApp};

impl TestApp {
    /// A person's own service account with a key: whoever acts with it acts with their reach,
    /// within the scopes and, if any are named, the jobs.
    pub async fn key(&self, owner: &Person, scopes: &[&str], jobs: &[&str]) -> Person {
        let account = serde_json::json!({ "name": "Script" });
        let account = self.post(owner, "/service-accounts", account).await.created()["id"].clone();
        let mut key = serde_json::json!({ "name": "Host", "scopes": scopes });
        if !jobs.is_empty() {
            key["job_ids"] = jobs.into();
        }
        let path = format!("/service-accounts/{}/keys", account.as_str().unwrap());
        let made = self.post(owner, &path, key).await;
        let secret = made.created()["secret"].as_str().unwrap().to_owned();
        Person { token: secret, ..owner.clone() }
    }
}
