//! Principals in few words, such that two of them read differently: what is at the end of an ARN first, its account last.

/// `bastion-role/i-0ba57 · 111122223333` of the ARN of an assumed role, `user/mori · 123456789012` of a user's; anything
/// that is no ARN of an account as it is. The role's own path and `assumed-role` say nothing that tells apart.
pub fn short(name: &str) -> String {
    let Some((account, resource)) = of_arn(name) else { return name.to_owned() };
    let resource = resource.strip_prefix("assumed-role/").unwrap_or(resource);
    if account.is_empty() { resource.to_owned() } else { format!("{resource} · {account}") }
}

/// The account that an ARN names, and what follows it.
pub(crate) fn of_arn(text: &str) -> Option<(&str, &str)> {
    let mut parts = text.splitn(6, ':');
    let is_arn = parts.next() == Some("arn");
    let (account, resource) = (parts.nth(3)?, parts.next()?);
    is_arn.then_some((account, resource))
}

#[cfg(test)]
mod tests {
    use super::short;

    #[test]
    fn what_tells_principals_apart_comes_first() {
        for (name, words) in [
            ("arn:aws:sts::111122223333:assumed-role/bastion-role/i-0ba57", "bastion-role/i-0ba57 · 111122223333"),
            ("arn:aws:iam::123456789012:user/ops/mori", "user/ops/mori · 123456789012"),
            ("arn:aws:iam::123456789012:root", "root · 123456789012"),
            ("arn:aws-cn:sts::1:federated-user/a:b", "federated-user/a:b · 1"),
            ("arn:aws:s3:::bucket", "bucket"),
            ("ec2.amazonaws.com", "ec2.amazonaws.com"),
            ("arn:aws", "arn:aws"),
            ("", ""),
        ] {
            assert_eq!(short(name), words);
        }
    }
}
