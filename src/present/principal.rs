//! Principals in few words, such that two of them read differently: what is at the end of an ARN first, its account last.

/// `bastion-role/i-0ba57 · 111122223333` of the ARN of an assumed role, `user/mori · 123456789012` of a user's; anything
/// that is no ARN of an account as it is. The role's own path and `assumed-role` say nothing that tells apart.
pub fn short(name: &str) -> String {
    let Some((account, resource)) = of_arn(name) else { return name.to_owned() };
    let resource = resource.strip_prefix("assumed-role/").unwrap_or(resource);
    if account.is_empty() { resource.to_owned() } else { format!("{resource} · {account}") }
}

/// What is said of an event's caller beside its ARN.
#[derive(Clone, Copy, Debug, Default)]
pub struct Beside<'a> {
    pub principal_id: Option<&'a str>,
    pub user_name: Option<&'a str>,
    pub invoked_by: Option<&'a str>,
    pub identity_type: Option<&'a str>,
    /// Whose event it is.
    pub account: Option<&'a str>,
}

/// Who called, as a table shows it: `deploy-role / build-4125` of a session, `root`, the name of a user, `AWS: ec2` of a
/// service. With the account where it is another than that of the event. `None` where nothing says who.
pub fn caller(arn: Option<&str>, beside: Beside<'_>) -> Option<String> {
    let Some(arn) = arn else {
        let host = beside.invoked_by.filter(|_| beside.user_name.is_none() && beside.principal_id.is_none());
        if let Some(service) = host.and_then(service) {
            return Some(service);
        }
        let named = [beside.user_name, beside.principal_id, beside.invoked_by, beside.identity_type];
        return named.into_iter().flatten().next().map(str::to_owned);
    };
    let Some((account, resource)) = of_arn(arn) else {
        return Some(service(arn).unwrap_or_else(|| arn.to_owned()));
    };
    let name = match resource.split_once('/') {
        Some(("assumed-role", session)) => session.replacen('/', " / ", 1),
        Some(("user", path)) => path.rsplit('/').next().unwrap_or(path).to_owned(),
        _ => resource.to_owned(),
    };
    let is_foreign = !account.is_empty() && beside.account.is_some_and(|own| own != account);
    Some(if is_foreign { format!("{name} · {account}") } else { name })
}

/// `AWS: ec2` of a service's host.
fn service(host: &str) -> Option<String> {
    host.strip_suffix(".amazonaws.com").map(|service| format!("AWS: {service}"))
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
    use super::{Beside, caller, short};

    #[test]
    fn a_caller_is_the_name_that_tells_it_apart() {
        let of = |arn| caller(Some(arn), Beside { account: Some("111122223333"), ..Beside::default() }).unwrap();
        for (arn, words) in [
            ("arn:aws:sts::111122223333:assumed-role/deploy-role/build-4125", "deploy-role / build-4125"),
            ("arn:aws:sts::444455556666:assumed-role/deploy-role/a/b", "deploy-role / a/b · 444455556666"),
            ("arn:aws:iam::111122223333:root", "root"),
            ("arn:aws:iam::444455556666:root", "root · 444455556666"),
            ("arn:aws:iam::111122223333:user/ops/mori", "mori"),
            ("arn:aws:sts::111122223333:federated-user/mori", "federated-user/mori"),
            ("nothing", "nothing"),
            ("ec2.amazonaws.com", "AWS: ec2"),
        ] {
            assert_eq!(of(arn), words);
        }
        let beside = |beside| caller(None, beside).unwrap_or_default();
        let service =
            Beside { invoked_by: Some("ec2.amazonaws.com"), identity_type: Some("AWSService"), ..Beside::default() };
        assert_eq!(beside(service), "AWS: ec2");
        assert_eq!(beside(Beside { invoked_by: Some("AWS Internal"), ..service }), "AWS Internal");
        assert_eq!(beside(Beside { user_name: Some("mori"), ..service }), "mori");
        assert_eq!(beside(Beside { principal_id: Some("AIDAX"), ..service }), "AIDAX");
        assert_eq!(beside(Beside { identity_type: Some("Unknown"), ..Beside::default() }), "Unknown");
        assert_eq!(caller(None, Beside::default()), None);
    }

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
