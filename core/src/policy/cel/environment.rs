//! The evaluator of the crate `cel`, with the functions of rules.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, LazyLock};

use cel::extractors::This;
use cel::{Context, Env, ExecutionError, IdedExpr, Value, extensions};

use super::datum::Bindings;
use super::pattern::Patterns;
use crate::diagnostic::quote;

/// Operators, standard functions and the strings extension. What expressions may call of it is the table of `functions`.
static ENVIRONMENT: LazyLock<Arc<Env>> = LazyLock::new(|| {
    let mut environment = Env::default().with_optional_support(false).with_stdlib();
    // NOTE: it fails only if a function is declared twice, and then calls of it fail, which denies.
    let _declared = environment.add_extension(extensions::strings);
    Arc::new(environment)
});

/// Calculates an expression whose work has been bounded; why not, if it cannot be.
pub(super) fn evaluate(
    tree: &IdedExpr,
    uses: &BTreeSet<&'static str>,
    patterns: &Patterns,
    bindings: &Bindings,
) -> Result<bool, String> {
    let mut context = Context::with_env(Arc::clone(&ENVIRONMENT));
    declare(&mut context, patterns).map_err(|error| error.to_string())?;
    for name in uses {
        if let Some(value) = bindings.value(name) {
            context.add_variable_from_value(*name, value.clone());
        }
    }
    match Value::resolve(tree, &context) {
        Ok(Value::Bool(value)) => Ok(value),
        Ok(_) => Err("it gives no boolean".to_owned()),
        Err(error) => Err(describe(&error)),
    }
}

fn declare(context: &mut Context<'_, '_>, patterns: &Patterns) -> Result<(), cel::DeclarationError> {
    let patterns = patterns.clone();
    context.add_function(
        "matches",
        move |This(text): This<Arc<String>>, pattern: Arc<String>| match patterns.find(&pattern) {
            Some(found) => Ok(found.regex.matches(&text)),
            None => Err(ExecutionError::function_error("matches", "the pattern is not a literal")),
        },
    )?;
    context.add_function("isServiceAccount", |text: Arc<String>| split_account(&text).is_some())?;
    context.add_function("serviceAccount", |text: Arc<String>| match split_account(&text) {
        Some((namespace, name)) => Ok(Value::from(HashMap::from([("namespace", namespace), ("name", name)]))),
        None => Err(ExecutionError::function_error("serviceAccount", "the text names no service account")),
    })?;
    context.add_function("getName", |This(account): This<Value>| field(&account, "name"))?;
    context.add_function("getNamespace", |This(account): This<Value>| field(&account, "namespace"))
}

fn field(account: &Value, name: &str) -> Result<Value, ExecutionError> {
    let found = match account {
        Value::Map(map) => map.map.get(&cel::objects::Key::from(name)).cloned(),
        _ => None,
    };
    found.ok_or_else(|| ExecutionError::no_such_key(name))
}

/// Namespace and name of a service account's user name, `system:serviceaccount:NAMESPACE:NAME`, as Kubernetes reads it.
fn split_account(username: &str) -> Option<(&str, &str)> {
    const LONGEST_LABEL: usize = 63;
    const LONGEST_NAME: usize = 253;
    let (namespace, name) = username.strip_prefix("system:serviceaccount:")?.split_once(':')?;
    let is_label = |text: &str| {
        !text.is_empty()
            && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
            && !text.starts_with('-')
            && !text.ends_with('-')
    };
    let fits = is_label(namespace)
        && namespace.len() <= LONGEST_LABEL
        && name.len() <= LONGEST_NAME
        && name.split('.').all(is_label);
    fits.then_some((namespace, name))
}

/// Why an expression could not be calculated, without the values that it was calculated with.
fn describe(error: &ExecutionError) -> String {
    match error {
        ExecutionError::NoSuchKey(name) => format!("there is no {}", quote(name)),
        ExecutionError::IndexOutOfBounds(_) => "an index lies outside of its list".to_owned(),
        ExecutionError::DivisionByZero(_) | ExecutionError::RemainderByZero(_) => {
            "it divides by zero".to_owned()
        }
        ExecutionError::Overflow(..) => "a number is too large".to_owned(),
        ExecutionError::FunctionError { function, message } => {
            format!("{} says: {}", quote(function), quote(message))
        }
        _ => "its values do not fit together".to_owned(),
    }
}
