use super::Draft;
use super::host::Reach;
use crate::diagnostic::{path::steps, quote};
use crate::name::GeneralName;
use crate::policy::document::{DnsPattern, DnsRules};

fn subtree(text: &str) -> GeneralName {
    GeneralName::dns(text)
}

/// RFC 5280 4.2.1.10: a dNSName holds itself and all names below; one without characters holds all.
pub(super) fn derive(rules: Option<&DnsRules>, draft: &mut Draft) {
    let Some(rules) = rules.filter(|rules| !rules.allow.is_empty()) else {
        // TLS BR 7.1.2.5.2 writes "none at all" in the same way.
        draft.excluded.push(subtree(""));
        return;
    };
    let reaches: Vec<Reach> = rules.allow.iter().map(Reach::of).collect();
    let mut domains: Vec<&str> = Vec::new();
    let mut anywhere = false;
    for (index, (pattern, reach)) in rules.allow.iter().zip(&reaches).enumerate() {
        let at = || steps!["names", "dns", "allow", index];
        match (reach.domain(), pattern) {
            (None, _) => {
                anywhere = true;
                draft.not_expressible(
                    at(),
                    "no domain holds what the pattern matches, so that any dNSName passes",
                );
            }
            (Some(domain), DnsPattern::Under { depth: None, .. }) => {
                draft.wider(at(), format!("the constraint holds {} itself too", quote(domain)));
            }
            (Some(domain), _) => {
                draft.wider(at(), format!("the constraint holds {} and every name below", quote(domain)));
            }
        }
        domains.extend(reach.domain());
    }
    if !anywhere {
        let is_below =
            |name: &str, domain: &str| name.strip_suffix(domain).is_some_and(|head| head.ends_with('.'));
        let smallest = domains.iter().filter(|name| !domains.iter().any(|other| is_below(name, other)));
        draft.permitted.extend(smallest.map(|domain| subtree(domain)));
    }
    deny(rules, &reaches, draft);
    if !rules.wildcard.is_allowed() {
        draft.not_expressible(
            steps!["names", "dns", "wildcard"],
            "a constraint lets wildcards of the domain through",
        );
    }
}

/// A subtree is excluded only if the policy allows nothing in it.
fn deny(rules: &DnsRules, allowed: &[Reach], draft: &mut Draft) {
    let reaches: Vec<Reach> = rules.deny.iter().map(Reach::of).collect();
    let may_be = |name: &str| allowed.iter().any(|reach| reach.may_be(name));
    let may_be_below = |name: &str| allowed.iter().any(|reach| reach.may_be_below(name));
    for (index, (pattern, reach)) in rules.deny.iter().zip(&reaches).enumerate() {
        let domain = match (pattern, reach) {
            (DnsPattern::Exact(_), Reach::Exactly(name)) => Some(name),
            (DnsPattern::Under { depth: None, .. }, Reach::Below(name, None)) => Some(name),
            (DnsPattern::OneLabel(_), Reach::OneBelow(name)) => Some(name),
            _ => None,
        };
        let at = steps!["names", "dns", "deny", index];
        let Some(domain) = domain else {
            draft.not_expressible(at, "no domain is exactly what the pattern denies");
            continue;
        };
        let itself = reaches.contains(&Reach::Exactly(domain.clone())) || !may_be(domain);
        let below = reaches.contains(&Reach::Below(domain.clone(), None)) || !may_be_below(domain);
        if itself && below {
            draft.excluded.push(subtree(domain));
        } else {
            let message = format!(
                "excluding {} would exclude names that the policy allows, for a constraint holds a domain and all below",
                quote(domain)
            );
            draft.not_expressible(at, message);
        }
    }
}
