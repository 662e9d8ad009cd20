//! What the definitions say, case by case.

use super::*;
use serde_json::json;

#[test]
fn whose_name_an_event_bears() {
    let id = "AROAQ3EGHIJ4KLMN5OPQ6";
    let role = "arn:aws:sts::111122223333:assumed-role/admin/mika";
    for (identity, user, session) in [
        (json!({"type": "IAMUser", "userName": "mika", "principalId": "AIDA:x"}), Some("mika"), None),
        (json!({"type": "Root", "userName": ""}), Some("root"), None),
        (json!({"type": "Root", "userName": "Alias"}), Some("Alias"), None),
        (json!({"type": "AssumedRole", "principalId": format!("{id}:a:b"), "arn": role}), Some("a:b"), Some("a:b")),
        (json!({"type": "AssumedRole", "principalId": id, "arn": role}), Some("mika"), Some("mika")),
        (
            json!({"type": "AssumedRole", "principalId": "AROA****************:User", "arn": role}),
            Some("mika"),
            Some("mika"),
        ),
        (
            json!({"type": "AssumedRole", "principalId": "AROAXXXXXXXXXXXXXXXXX:User", "arn": role}),
            Some("mika"),
            Some("mika"),
        ),
        (json!({"type": "AssumedRole", "principalId": "AROA****************:User"}), Some("User"), Some("User")),
        (json!({"type": "AssumedRole", "arn": "arn:aws:sts::1:assumed-role/admin"}), None, None),
        (json!({"type": "AssumedRole", "principalId": "AROAQ3:b", "userName": "n"}), Some("n"), Some("b")),
        (
            json!({"type": "FederatedUser", "principalId": "111122223333:bob", "arn": "arn:aws:sts::1:federated-user/x"}),
            Some("bob"),
            Some("bob"),
        ),
        (json!({"type": "FederatedUser", "arn": "arn:aws:sts::1:federated-user/bob"}), Some("bob"), Some("bob")),
        (
            json!({"type": "Unknown", "principalId": "AROA****************:User", "arn": role}),
            Some("mika"),
            Some("mika"),
        ),
        (json!({"arn": "arn:aws:iam::111122223333:root"}), Some("root"), None),
        (json!({"arn": "arn:aws:iam::111122223333:user/path/mika"}), None, None),
        (json!({"type": "AWSService", "invokedBy": "ec2.amazonaws.com"}), None, None),
        (json!({"type": "AWSAccount", "principalId": format!("{id}:x")}), None, None),
        (json!("root"), None, None),
        (json!({"type": ["Root"], "userName": {"a": 1}}), None, None),
    ] {
        let event = json!({"userIdentity": identity});
        let found = of(&event);
        assert_eq!((found.event_user_name.as_deref(), found.session_name.as_deref()), (user, session), "{event}");
    }
}

#[test]
fn errors_are_where_services_put_them() {
    for (event, code) in [
        (json!({"errorCode": "A", "responseElements": {"errorCode": "B"}}), Some("A")),
        (json!({"errorCode": "", "responseElements": {"errorCode": "B"}}), Some("B")),
        (json!({"responseElements": {"code": "C", "message": "m"}}), Some("C")),
        (json!({"responseElements": {"code": "C"}}), None),
        (json!({"responseElements": {"error": {"errorCode": "D"}}}), Some("D")),
        (json!({"responseElements": {"error": {"code": "E", "message": "m"}}}), Some("E")),
        (json!({"responseElements": {"error": {"error": {"errorCode": "D"}}}}), None),
        (json!({"responseElements": "AccessDenied"}), None),
        (json!({"responseElements": null}), None),
    ] {
        assert_eq!(of(&event).error_code.as_deref(), code, "{event}");
    }
}

#[test]
fn sign_ins_and_second_factors() {
    let sign_in = "signin.amazonaws.com";
    for (event, result) in [
        (
            json!({"eventSource": sign_in, "eventName": "ConsoleLogin", "responseElements": {"ConsoleLogin": "Failure"}}),
            Some("failure"),
        ),
        (
            json!({"eventSource": sign_in, "eventName": "CheckMfa", "serviceEventDetails": {"CheckMfa": "Success"}}),
            Some("success"),
        ),
        (
            json!({"eventSource": sign_in, "eventName": "CheckMfa", "responseElements": {"ConsoleLogin": "Success"}}),
            None,
        ),
        (json!({"eventSource": "iam.amazonaws.com", "eventName": "A", "responseElements": {"A": "Success"}}), None),
    ] {
        assert_eq!(of(&event).login_result.as_deref(), result, "{event}");
    }
    let session = |kind: &str, used: Value, remembered: Value| {
        json!({"additionalEventData": {"MFAUsed": used},
            "userIdentity": {"type": kind, "sessionContext": {"attributes": {"mfaAuthenticated": remembered}}}})
    };
    for (event, mfa) in [
        (session("IAMUser", json!("Yes"), json!("false")), Some(Mfa::Yes)),
        (session("IAMUser", json!("No"), json!("true")), Some(Mfa::No)),
        (session("AssumedRole", json!("No"), json!("true")), Some(Mfa::Unknown)),
        (session("AssumedRole", json!("Yes"), json!(null)), Some(Mfa::Yes)),
        (session("AssumedRole", json!(null), json!("false")), Some(Mfa::No)),
        (session("AssumedRole", json!(null), json!(true)), Some(Mfa::Yes)),
        (session("IAMUser", json!(null), json!({})), None),
        (json!({"additionalEventData": "MFAUsed"}), None),
    ] {
        assert_eq!(of(&event).mfa, mfa, "{event}");
    }
}

fn pairs(event: &Value) -> Vec<String> {
    of(event).resources.iter().map(|of| format!("{}={}", of.kind, of.name)).collect()
}

#[test]
fn resources_are_listed_each_once() {
    let event = json!({
        "eventSource": "sts.amazonaws.com",
        "Resources": [{"ResourceType": "AWS::IAM::Role", "ResourceName": "admin"}, {"ResourceType": "T"}, 7],
        "resources": [{"type": "AWS::IAM::Role", "ARN": "arn:r"}, {"ARNPrefix": "arn:p"}, {"type": "T", "resourceName": "n"}],
        "requestParameters": {"roleArn": "arn:r", "roleSessionName": "s", "userName": "not of iam"},
        "responseElements": {
            "credentials": {"accessKeyId": "ASIA1"},
            "assumedRoleUser": {"assumedRoleId": "AROA1:s", "arn": "arn:s"},
            "instancesSet": {"items": [{"instanceId": "i-1"}, {"instanceId": null}, {"instanceId": "i-1"}, {"instanceId": "i-2"}]},
        },
    });
    assert_eq!(
        pairs(&event),
        [
            "AWS::IAM::Role=admin",
            "T=",
            "AWS::IAM::Role=arn:r",
            "=arn:p",
            "T=n",
            "AWS::IAM::AccessKey=ASIA1",
            "AWS::STS::AssumedRole=AROA1:s",
            "AWS::STS::AssumedRole=arn:s",
            "AWS::STS::AssumedRole=s",
            "AWS::EC2::Instance=i-1",
            "AWS::EC2::Instance=i-2",
        ]
    );
    let names: Vec<String> = (0..3000).map(|n| format!("/p/{}", n % 1000)).collect();
    let many = json!({"eventSource": "ssm.amazonaws.com", "requestParameters": {"names": names}});
    assert_eq!(pairs(&many).len(), 1000);
    assert_eq!(pairs(&json!({"resources": {"ARN": "a"}, "requestParameters": "bucketName"})), [""; 0]);
}

#[test]
fn user_agents_in_short() {
    let firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0";
    let safari = "Mozilla/5.0 (Macintosh) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.3 Safari/605.1.15";
    let edge = "Mozilla/5.0 AppleWebKit/537.36 Chrome/125.0.0.0 Safari/537.36 Edg/125.0.0.0";
    for (agent, short) in [
        ("[aws-cli/1.16 Python/3.7 Linux/5.3.0-kali2-amd64 botocore/1.12]", "aws-cli 1.16 (kali)"),
        ("aws-cli/2.31.1 md/awscrt#0.27 exec-env/CloudShell cfg/retry-mode#standard", "aws-cli 2.31.1 (cloudshell)"),
        ("Boto3/1.40.11 md/Botocore#1.40.11 exec-env/AWS_Lambda_python3.12", "boto3 1.40.11 (lambda)"),
        ("Botocore/1.40 exec-env/AWS_ECS_FARGATE", "botocore 1.40 (ecs)"),
        ("APN/1.0 HashiCorp/1.0 Terraform/1.1.2 (+https://www.terraform.io)", "terraform 1.1.2"),
        ("stratus-red-team_6b7e", "tool stratus-red-team"),
        ("Boto3/1.0 Pacu", "tool pacu"),
        ("curl/8.5.0", "tool curl"),
        ("AWS Internal", "AWS Internal"),
        ("signin.amazonaws.com", "console"),
        ("console.ec2.amazonaws.com", "console"),
        ("delivery.logs.amazonaws.com", "service delivery.logs"),
        ("ec2.amazonaws.com.cn", "service ec2"),
        ("[S3Console/0.4, aws-internal/3 aws-sdk-java/1.11.666]", "console"),
        ("aws-internal/3 aws-sdk-java/1.12", "aws-internal"),
        ("AWS Management Console", "console"),
        ("aws-sdk-go-v2/1.17.0 os/linux", "aws-sdk-go-v2 1.17.0"),
        ("AWS-SDK-JS/2.1", "aws-sdk-js 2.1"),
        ("aws-sdk-java/v2.1", "aws-sdk-java 2.1"),
        (firefox, "browser firefox 128"),
        (safari, "browser safari 18"),
        (edge, "browser edge 125"),
        ("Mozilla/5.0", "browser"),
        ("Jersey/${project.version} (HttpUrlConnection 1.8.0)", "Jersey ${project.version}"),
        ("My;Agent", "My"),
        ("我/1 kali", "我 1 (kali)"),
    ] {
        assert_eq!(user_agent_short(agent).as_deref(), Some(short), "{agent}");
    }
    assert_eq!(user_agent_short("[ ]"), None);
    assert_eq!(user_agent_short(&"é".repeat(1000)), Some("é".repeat(40)));
}

fn grants(statement: Value) -> Vec<&'static str> {
    let event = json!({"recipientAccountId": "111122223333", "requestParameters": {"p": [{"Statement": statement}]}});
    of(&event).policy_grants.iter().map(|grant| grant.code()).collect()
}

#[test]
fn what_policies_grant() {
    let public =
        |condition: Value| json!({"Effect": "Allow", "Principal": "*", "Action": "s3:*", "Condition": condition});
    let own = "arn:aws:iam::111122223333:root";
    for (statement, expected) in [
        (public(json!(null)), vec!["public"]),
        (json!({"Effect": "Allow", "Principal": {"AWS": [own, "*"]}}), vec!["public"]),
        (json!([{"Effect": "Allow", "NotPrincipal": {"AWS": own}}]), vec!["public"]),
        (json!({"Effect": "Deny", "Principal": "*"}), vec![]),
        (public(json!({"StringEquals": {"aws:PrincipalOrgID": "o-1"}})), vec!["public_limited"]),
        (public(json!({"ForAnyValue:StringLike": {"AWS:PrincipalOrgPaths": ["o-1/*"]}})), vec!["public_limited"]),
        (public(json!({"StringNotEquals": {"aws:PrincipalOrgID": "o-1"}})), vec!["public"]),
        (public(json!({"StringEqualsIfExists": {"aws:SourceVpce": "vpce-1"}})), vec!["public"]),
        (public(json!({"Null": {"aws:SourceVpce": "false"}})), vec!["public"]),
        (public(json!({"StringLike": {"aws:SourceArn": "*"}})), vec!["public"]),
        (public(json!({"IpAddress": {"aws:SourceIp": ["192.0.2.0/24", "0.0.0.0/1"]}})), vec!["public"]),
        (public(json!({"IpAddress": {"aws:SourceIp": ["192.0.2.0/24"]}})), vec!["public_limited"]),
        (public(json!({"Bool": {"aws:SecureTransport": "true"}})), vec!["public"]),
        (json!({"Effect": "Allow", "Principal": {"AWS": own}}), vec![]),
        (json!({"Effect": "Allow", "Principal": {"AWS": "999988887777"}}), vec!["cross_account"]),
        (
            json!({"Effect": "Allow", "Principal": {"AWS": ["arn:aws:iam::999988887777:role/x", "*"]}}),
            vec!["cross_account", "public"],
        ),
        (json!({"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}}), vec![]),
        (json!({"Effect": "Allow", "Action": ["*"], "Resource": "*"}), vec!["admin"]),
        (
            json!({"Effect": "Allow", "Action": "*:*", "Resource": ["*"], "Condition": {"Bool": {}}}),
            vec!["admin_conditional"],
        ),
        (json!({"Effect": "Allow", "Action": "*", "Resource": "arn:aws:s3:::b"}), vec![]),
        (json!({"Effect": "Allow", "Principal": {"AWS": own}, "Action": "*", "Resource": "*"}), vec![]),
        (json!("Allow"), vec![]),
        (json!([null, 7, []]), vec![]),
    ] {
        assert_eq!(grants(statement.clone()), expected, "{statement}");
    }
}

#[test]
fn a_policy_may_be_a_text() {
    let policy = r#"{"Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}"#;
    let encoded: String = policy.bytes().map(|byte| format!("%{byte:02x}")).collect();
    for text in [format!("\n {policy}"), encoded.clone(), encoded.replace("%7b", "%7B")] {
        let event = json!({"requestParameters": {"a": {"policyDocument": text}}});
        assert_eq!(of(&event).policy_grants, [Grant::Admin], "{text}");
    }
    for text in [policy.trim_end_matches('}'), "[{\"Statement\":1}]", "%7", "%zz{", "Statement"] {
        assert_eq!(of(&json!({"requestParameters": {"policyDocument": text}})).policy_grants, [], "{text}");
    }
}

#[test]
fn accounts_of_others() {
    let accounts = |request: Value| {
        let identity = json!({"accountId": "222233334444"});
        of(&json!({"recipientAccountId": "111122223333", "userIdentity": identity, "requestParameters": request}))
            .foreign_account
    };
    for (request, expected) in [
        (
            json!({"roleArn": "arn:aws:iam::999988887777:role/x", "own": "arn:aws:iam::111122223333:role/x"}),
            vec!["999988887777"],
        ),
        (json!({"add": {"items": [{"userId": "999988887777"}, {"userId": "222233334444"}]}}), vec!["999988887777"]),
        (json!({"valuesToAdd": ["999988887777", "all", 888877776666u64]}), vec!["888877776666", "999988887777"]),
        (json!({"size": "999988887777"}), vec![]),
        (json!({"userId": "12345"}), vec![]),
        (
            json!({"policy": r#"{"Statement":[{"Effect":"Allow","Principal":{"AWS":"999988887777"}},{"Effect":"Deny","Principal":{"AWS":"888877776666"}}]}"#}),
            vec!["999988887777"],
        ),
        (
            json!({"bucketPolicy": {"Statement": [{"Effect": "Deny", "Principal": {"AWS": "arn:aws:iam::888877776666:root"}}]}}),
            vec![],
        ),
        (json!("arn:aws:iam::999988887777:root"), vec!["999988887777"]),
    ] {
        assert_eq!(accounts(request.clone()), expected, "{request}");
    }
}

#[test]
fn a_caller_is_known_by_its_arn_too() {
    let event = json!({"userIdentity": {"arn": "arn:aws:iam::222233334444:user/a"}, "requestParameters": {"accountId": "222233334444"}});
    assert_eq!(of(&event).foreign_account, [""; 0]);
}

#[test]
fn half_pairs_do_not_hide_a_request() {
    let value = parse(r#"{"a\\":"\ud83d\ude00 \ud83dx é\\\ude00"}"#).unwrap();
    assert_eq!(value, json!({"a\\": "😀 \u{fffd}x é\\\u{fffd}"}));
    assert_eq!(parse(r#"{"a":"\ud83d"#), None);
    assert_eq!(parse(r#"{"a":"\"#), None);
    assert_eq!(parse("{\"a\":\"\\"), None);
}

/// Whatever stands where: values of every type in every place that is looked at.
#[test]
fn nothing_that_a_member_may_be_is_too_much() {
    let huge = "9".repeat(1 << 20);
    let mut deep = json!({"Statement": "*"});
    for _ in 0..100 {
        deep = json!({"Statement": [deep], "AWS": "*", "Principal": {"AWS": "arn:::::"}});
    }
    let odd = [
        json!(null),
        json!(true),
        json!(-1),
        json!(1e300),
        json!(""),
        json!(huge),
        json!([]),
        json!([[null]]),
        json!({}),
        deep,
    ];
    let members = [
        "eventSource",
        "eventName",
        "userAgent",
        "errorCode",
        "recipientAccountId",
        "userIdentity",
        "requestParameters",
        "responseElements",
        "additionalEventData",
        "serviceEventDetails",
        "resources",
        "Resources",
    ];
    for value in &odd {
        assert_eq!(of(value), Derived::default());
        for member in members {
            of(&json!({ member: value }));
            of(&json!({ member: {"type": value, "userName": value, "arn": value, "error": value, "MFAUsed": value,
                "Statement": {"Effect": "Allow", "Principal": value, "Action": value, "Condition": {"IpAddress": value}}} }));
            of(&json!({ member: [value, {"type": value, "ARN": value}] }));
        }
    }
}

/// As `of`, by way of the members' text.
pub(super) fn in_pieces(event: &Value) -> Derived {
    let whole = Event::of(event);
    let text = |name: &str| event.get(name).filter(|value| !value.is_null()).map(Value::to_string);
    let [request, response, additional, details, resources, listed] = [
        "requestParameters",
        "responseElements",
        "additionalEventData",
        "serviceEventDetails",
        "resources",
        "Resources",
    ]
    .map(text);
    let raw = RawEvent {
        source: whole.source.as_deref(),
        name: whole.name.as_deref(),
        recipient_account_id: whole.recipient_account_id.as_deref(),
        identity: whole.identity.clone(),
        request_parameters: request.as_deref(),
        response_elements: response.as_deref(),
        additional_event_data: additional.as_deref(),
        service_event_details: details.as_deref(),
        resources: resources.as_deref(),
        listed_resources: listed.as_deref(),
    };
    let (login_result, mfa) = raw::outcome(&raw);
    let Lists { resources, policy_grants, foreign_account } = lists(&raw);
    Derived { login_result, mfa, resources, policy_grants, foreign_account, ..of(event) }
}

/// What each row of the tables finds is found in pieces, too: no word is missing by which a member is parsed.
#[test]
fn no_member_that_tells_is_passed_over() {
    for row in &tables::RESOURCES {
        let mut value = json!("x");
        for step in row.path.iter().rev() {
            value = if *step == "*" { json!([value]) } else { json!({ *step: value }) };
        }
        let root = if row.root == tables::Root::Request { "requestParameters" } else { "responseElements" };
        let source = format!("{}.amazonaws.com", row.service.unwrap_or("any"));
        let event = json!({"eventSource": source, root: value});
        assert!(!of(&event).resources.is_empty(), "{event}");
        assert_eq!(in_pieces(&event), of(&event));
    }
    for key in tables::SHARING_KEYS {
        let event = json!({"requestParameters": {key: ["999988887777"]}});
        assert_eq!(of(&event).foreign_account.len(), 1, "{event}");
        assert_eq!(in_pieces(&event), of(&event));
    }
    let policy = r#"{"Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}"#;
    let encoded: String = policy.bytes().map(|byte| format!("%{byte:02x}")).collect();
    for event in [
        json!({"requestParameters": {"p": policy}}),
        json!({"requestParameters": {"p": encoded}}),
        json!({"additionalEventData": {"MFAUsed": "No"}}),
        json!({"eventSource": "signin.amazonaws.com", "eventName": "A", "responseElements": {"A": "Success"}}),
        json!({"eventSource": "signin.amazonaws.com", "eventName": "A", "serviceEventDetails": {"A": "Success"}}),
        json!({"Resources": [{"ResourceName": "n"}], "resources": [{"ARN": "a"}]}),
    ] {
        assert_ne!(of(&event), Derived::default(), "{event}");
        assert_eq!(in_pieces(&event), of(&event), "{event}");
    }
}
