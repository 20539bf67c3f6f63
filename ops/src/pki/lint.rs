//! What the lifetimes of a plan lead to.

use certgate_bindings::certgate::diagnostic::{Diagnostic, Severity, codes, quote};
use certgate_bindings::certgate::time::Duration;

use super::plan::Plan;

impl Plan {
    /// Which lifetimes cannot be had in full: those that are no shorter than the issuer's, and those of which there is no room for a
    /// second within the issuer's, so that what is made anew at its end ends with the issuer. Warnings, `issue/beyond-issuer`,
    /// each with its place in the plan.
    pub fn lint(&self) -> Vec<Diagnostic> {
        let authorities = self.authorities.iter().filter_map(|(name, plan)| {
            plan.issuer.as_deref().map(|issuer| ("authorities", name, issuer, plan.lifetime.0))
        });
        let certificates = self
            .certificates
            .iter()
            .map(|(name, plan)| ("certificates", name, plan.issuer.as_str(), plan.lifetime.0));
        authorities
            .chain(certificates)
            .filter_map(|(section, name, issuer, lifetime)| {
                let above = self.authorities.get(issuer)?.lifetime.0;
                let warning = beyond(name, lifetime, issuer, above)?;
                Some(warning.at(["lifetime"]).within(name.clone()).within(section))
            })
            .collect()
    }
}

fn beyond(name: &str, lifetime: Duration, issuer: &str, above: Duration) -> Option<Diagnostic> {
    const DAY: i64 = 86_400;
    let (whole, half) = (above.as_seconds(), above.as_seconds().div_euclid(2));
    let own = lifetime.as_seconds();
    let message = if own >= whole {
        format!("{} is to live {lifetime}, and its issuer {} lives {above}", quote(name), quote(issuer))
    } else if own >= half {
        format!(
            "what follows {} at its end cannot live {lifetime}: its issuer {} lives {above}",
            quote(name),
            quote(issuer)
        )
    } else {
        return None;
    };
    // A day of room for clocks and for whoever does it.
    let most = half.saturating_sub(1).div_euclid(DAY);
    let help = match most {
        days @ 1.. => format!("give it at most {days}d, or rotate {} before its end", quote(issuer)),
        _ => format!("give it less than half of the life of {}", quote(issuer)),
    };
    Some(
        Diagnostic::new(codes::ISSUE_BEYOND_ISSUER, message)
            .with_severity(Severity::Warning)
            .with_found(lifetime.to_string())
            .with_expected(format!("less than {}", Duration::from_seconds(half).unwrap_or(above)))
            .with_help(help),
    )
}
